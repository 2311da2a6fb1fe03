import { cut } from '../schema/redaction.ts'

/** Values that must never be printed: whatever was resolved from a secret in this process, kept only to be found and cut. */
export type Scrubber = { readonly remember: (value: string) => void; readonly scrub: (text: string) => string }

/** Shorter values would cut ordinary words out of every line. */
const shortest = 6

/** Remembers at most `limit` values, oldest forgotten first. */
export function createScrubber(limit = 2_000): Scrubber {
  const values = new Set<string>()
  const keep = (value: string): void => {
    values.add(value)
    const oldest = values.values().next()
    if (values.size > limit && !oldest.done) values.delete(oldest.value)
  }
  return {
    remember(value) {
      const trimmed = value.trim()
      if (trimmed.length < shortest) return
      keep(trimmed)
      // A line of JSON spells newlines and quotes otherwise.
      const inJson = JSON.stringify(trimmed).slice(1, -1)
      if (inJson !== trimmed) keep(inJson)
    },
    scrub: (text) =>
      [...values].reduce((clean, value) => (clean.includes(value) ? clean.replaceAll(value, cut) : clean), text),
  }
}
