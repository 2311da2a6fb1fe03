import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ActionType } from '../../../schema/guard.ts'
import { DeviceType } from '../../../schema/server.ts'

/** A line without a device is one of any Linux server. */
const Harmless = z.object({ command: z.string(), family: z.string(), device: DeviceType.default('ubuntu') })
const Destructive = Harmless.extend({ action: ActionType })

const linesOf = (name: string): unknown[] =>
  readFileSync(new URL(`./corpus/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))

export const destructive = linesOf('destructive').map((line) => Destructive.parse(line))
export const harmless = linesOf('harmless').map((line) => Harmless.parse(line))
