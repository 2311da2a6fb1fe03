import { z } from 'zod'

/** A length of time such as `500ms`, `10s`, `5m` or `1h`. */
export const Span = z.string().regex(/^[0-9]{1,6}(ms|s|m|h)$/, 'a length of time such as 10s, 5m or 500ms')

const unitsOfTime: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** A `Span` in milliseconds. */
export function spanMs(text: string): number {
  const [, count = '0', unit = 's'] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? []
  return Number(count) * (unitsOfTime[unit] ?? 1_000)
}
