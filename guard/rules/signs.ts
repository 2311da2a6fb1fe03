import { anyOf, needlesOf } from '../needles.ts'
import type { Call } from '../reading/call.ts'
import type { Rows } from './listed/row.ts'
import type { Rule } from './rule.ts'

/** What one of a call's words shows where something may concern the call. */
export type Sign = {
  readonly pieces: readonly string[]
  readonly words: readonly string[]
  /** What the program reads from its standard input counts as its words. */
  readonly isFed: boolean
  /** Any of the pieces and words. */
  readonly any: RegExp
}

/** What has to be there before one of the rows fits; null where one fits whatever the program is told. */
export function signOfRows({ rows, isFed }: Rows): Sign | null {
  const pieces = needlesOf(rows.map(({ words }) => words))
  return pieces === null ? null : made({ pieces, words: [], isFed })
}

/** What has to be there before a rule looks at a program; null where it looks whatever the program is told. */
export function signOf(rule: Rule, program: string): Sign | null {
  const rows = rule.listed?.get(program)
  const sign = rows === undefined ? nothing : signOfRows(rows)
  if (!rule.programs.includes(program)) return sign
  const verbs = rule.verbs?.[program]
  return sign === null || verbs === undefined ? null : made({ ...sign, words: verbs.split(' ') })
}

export const either = (signs: readonly Sign[]): Sign =>
  made({
    pieces: signs.flatMap(({ pieces }) => pieces),
    words: signs.flatMap(({ words }) => words),
    isFed: signs.some(({ isFed }) => isFed),
  })

const made = (sign: Omit<Sign, 'any'>): Sign => ({ ...sign, any: anyOf(sign.pieces, sign.words) })
const nothing = made({ pieces: [], words: [], isFed: false })

/** Of a longer word the tables see the ends, put together. */
const longest = 200

// One pattern tried on each word takes half the time of putting the words together first, or of looking each up.
/** Whether a call shows it, or may: what comes from a list or from another command can be anything. */
export const shows = ({ any, isFed }: Sign, { args, open, redirects, stdin }: Call): boolean =>
  open !== null ||
  redirects.length > 0 ||
  (isFed && stdin !== null) ||
  args.some(({ text, outputOf }) => outputOf !== undefined || text.length > longest || any.test(text))
