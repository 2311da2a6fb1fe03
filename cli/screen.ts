import { palette, wantsColour, type Palette } from './colour.ts'
import type { Surroundings } from './surroundings.ts'
import { tame } from './tame.ts'

/**
 * What an operator sees. Results go to standard output, and with `--json` nothing else does; everything said on the way
 * goes to standard error.
 */
export type Screen = {
  readonly json: boolean
  /** Both ends are a terminal: may ask questions. */
  readonly interactive: boolean
  /** Standard output may be drawn over. */
  readonly live: boolean
  readonly columns: number
  readonly paint: Palette
  readonly paintNote: Palette
  /** A line of the result; silent with `--json`. */
  line(text?: string): void
  /** A line on the way: progress, hints, warnings. */
  note(text: string): void
  /** One JSON document: indented for people, one line where it is piped. */
  document(value: unknown): void
  /** One line of JSON lines. */
  jsonLine(value: unknown): void
}

export function createScreen(around: Surroundings, json: boolean): Screen {
  const { env, stdin, stdout, stderr } = around
  const paintOf = (isTerminal: boolean): Palette => palette(wantsColour({ env, isTerminal }))
  return {
    json,
    interactive: !json && stdin.isTTY === true && stdout.isTTY === true,
    live: !json && stdout.isTTY === true && env.TERM !== 'dumb',
    columns: stdout.columns ?? 80,
    paint: paintOf(stdout.isTTY === true),
    paintNote: paintOf(stderr.isTTY === true),
    line: (text = '') => void (json || stdout.write(`${tame(text)}\n`)),
    note: (text) => void stderr.write(`${tame(text)}\n`),
    document: (value) => void stdout.write(`${JSON.stringify(value, null, stdout.isTTY ? 2 : 0)}\n`),
    jsonLine: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
  }
}
