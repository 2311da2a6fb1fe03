/**
 * A word's text as far as it is known. Four private-use characters stand where the host decides: they cannot come from
 * the input, in which `withoutMarks` replaces them.
 */
export const unknown = '\uE000'
/** An unquoted `*`. */
export const star = '\uE001'
/** An unquoted `?` or `[...]`. */
export const one = '\uE002'
/** Text that is not known but names one thing, such as a date or a user: no slash, no blank, not empty. */
export const some = '\uE003'
/** Between two words that one expansion makes. It never leaves expand.ts. */
export const gap = '\uE004'

const mark = /[\uE000-\uE004]/
const marks = new RegExp(mark, 'g')

export const withoutMarks = (text: string): string => (mark.test(text) ? text.replaceAll(marks, '\uFFFD') : text)
export const isDynamic = (text: string): boolean => text.includes(unknown)
export const isGlob = (text: string): boolean => globs.test(text)
const globs = /[\uE001\uE002]/
export const isLiteral = (text: string): boolean => !decidedLater.test(text)
const decidedLater = /[\uE000-\uE003]/

/** A text as people may read it. */
export const readable = (text: string): string =>
  isLiteral(text)
    ? text
    : text.replaceAll(unknown, '$$…').replaceAll(star, '*').replaceAll(one, '?').replaceAll(some, '…')

/** Whether a text with marks could come out as this literal. `some` never does: it names nothing we know. */
export function couldBe(text: string, literal: string): boolean {
  if (isLiteral(text)) return text === literal
  return asPattern(text).test(literal)
}

const patterns = new Map<string, RegExp>()

function asPattern(text: string): RegExp {
  const known = patterns.get(text)
  if (known !== undefined) return known
  // Backtracking grows with each star: a pattern of many could be anything.
  const pieces = text.split(new RegExp(`[${unknown}${star}]`)).length
  const source = (pieces > 6 ? star : text)
    .replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
    .replaceAll(new RegExp(`[${unknown}${star}]+`, 'g'), '.*')
    .replaceAll(one, '.')
    .replaceAll(some, '\u0000')
  const pattern = new RegExp(`^${source}$`, 's')
  if (patterns.size > 500) patterns.clear()
  patterns.set(text, pattern)
  return pattern
}
