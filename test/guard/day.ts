import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { assess } from '../../guard/index.ts'
import { DeviceType } from '../../schema/server.ts'
import { harmless } from '../unit/guard/corpus.ts'
import { server } from '../unit/guard/situation.ts'

const Line = z.object({ command: z.string(), family: z.string().default('all'), device: DeviceType.default('generic') })
type Line = z.infer<typeof Line>

/** Commands of a file: JSON lines with `command`, `family` and `device`, or one command a line. */
const linesOf = (file: string): Line[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => Line.parse(line.startsWith('{"') ? JSON.parse(line) : { command: line }))

export type Share = { readonly family: string; readonly lines: number; readonly asked: number }

/** How many of the lines of each family ask. */
export function shareThatAsks(file: string | undefined, told: (command: string) => void): Share[] {
  const shares = new Map<string, { lines: number; asked: number }>()
  for (const { command, family, device } of file === undefined ? harmless : linesOf(file)) {
    const share = shares.get(family) ?? { lines: 0, asked: 0 }
    shares.set(family, share)
    share.lines += 1
    if (assess({ command, device, environment: 'unknown', server }).verdict === 'allow') continue
    share.asked += 1
    told(command)
  }
  return [...shares].map(([family, share]) => ({ family, ...share }))
}
