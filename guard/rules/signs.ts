import { anyOf, asPattern, needleFor } from '../needles.ts'
import type { Call } from '../reading/call.ts'
import type { Rows } from './listed/row.ts'
import type { Rule } from './rule.ts'

/** What one of a call's words shows where something may concern the call. */
export type Sign = {
  readonly word: RegExp
  /** What the program reads from its standard input counts as its words. */
  readonly isFed: boolean
}

/** What has to be there before one of the rows fits; null where one fits whatever the program is told. */
export function signOfRows({ rows, isFed }: Rows): Sign | null {
  const word = needleFor(rows.map(({ words }) => words))
  return word === null ? null : { word, isFed }
}

/** What has to be there before a rule looks at a program; null where it looks whatever the program is told. */
export function signOf(rule: Rule, program: string): Sign | null {
  const rows = rule.listed?.get(program)
  const byRows = rows === undefined ? nothing : signOfRows(rows)
  const verbs = rule.programs.includes(program) ? rule.verbs?.[program] : ''
  if (verbs === undefined || byRows === null) return null
  // A verb may stand among others in one word.
  const word = new RegExp(String.raw`[\s\uE000-\uE003]|^(?:${verbs.split(' ').map(asPattern).join('|')})$`)
  return verbs === '' ? byRows : either([byRows, { word, isFed: false }])
}

const nothing: Sign = { word: /(?!)/, isFed: false }

export const either = (signs: readonly Sign[]): Sign => ({
  word: anyOf(signs.map(({ word }) => word.source)),
  isFed: signs.some(({ isFed }) => isFed),
})

/** Of a longer word the tables see the ends, put together. */
const longest = 200

// One pattern tried on each word takes half the time of putting the words together first, or of looking each up.
/** Whether a call shows it, or may: what comes from a list or from another command can be anything. */
export const shows = ({ word, isFed }: Sign, { args, open, redirects, stdin }: Call): boolean =>
  open !== null ||
  redirects.length > 0 ||
  (isFed && stdin !== null) ||
  args.some(({ text, outputOf }) => outputOf !== undefined || text.length > longest || word.test(text))
