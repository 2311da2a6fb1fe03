import { InvalidArgumentError } from 'commander'
import type { z } from 'zod'

/** A parser of one argument or option from a schema of the vocabulary; it says what is wrong and what is expected. */
export const fits =
  <T>(schema: z.ZodType<T>, expected?: string) =>
  (text: string): T => {
    const parsed = schema.safeParse(text)
    if (parsed.success) return parsed.data
    throw new InvalidArgumentError(`Expected ${expected ?? expectationOf(parsed.error)}.`)
  }

/** The same for an option that may be given several times. */
export const fitsEach = <T>(schema: z.ZodType<T>, expected?: string) => {
  const one = fits(schema, expected)
  return (text: string, before: readonly T[] = []): readonly T[] => [...before, one(text)]
}

/** A whole number within limits. */
export const wholeNumber =
  (from: number, to: number) =>
  (text: string): number => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (value >= from && value <= to) return value
    throw new InvalidArgumentError(`Expected a whole number from ${from} to ${to}.`)
  }

export const port = wholeNumber(1, 65_535)

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** `90s`, `5m`, `1h`, `500ms` as milliseconds. */
export const duration = (text: string): number => {
  const [, amount, unit = ''] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? []
  const ms = Number(amount) * (unitMs[unit] ?? Number.NaN)
  if (ms >= 1) return ms
  throw new InvalidArgumentError('Expected a duration such as 500ms, 90s, 5m or 1h.')
}

/** `KEY=VALUE`, gathered into a record. */
export const pair =
  <T>(key: z.ZodType<string>, value: (text: string) => T, expected: string) =>
  (text: string, before: Readonly<Record<string, T>> = {}): Readonly<Record<string, T>> => {
    const at = text.indexOf('=')
    if (at < 1 || !key.safeParse(text.slice(0, at)).success) throw new InvalidArgumentError(`Expected ${expected}.`)
    return { ...before, [text.slice(0, at)]: value(text.slice(at + 1)) }
  }

/** Zod's own sentence for a pattern is the pattern; the vocabulary's schemas carry a sentence instead. */
function expectationOf(error: z.ZodError): string {
  const [issue] = error.issues
  if (issue === undefined) return 'another value'
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`
  return issue.message.replace(/^Invalid input: expected /, '')
}
