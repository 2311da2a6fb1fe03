import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ActionType } from '../../../schema/guard.ts'

const Destructive = z.object({ command: z.string(), family: z.string(), action: ActionType })
const Harmless = z.object({ command: z.string(), family: z.string() })

const linesOf = (name: string): unknown[] =>
  readFileSync(new URL(`./corpus/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))

export const destructive = linesOf('destructive').map((line) => Destructive.parse(line))
export const harmless = linesOf('harmless').map((line) => Harmless.parse(line))
