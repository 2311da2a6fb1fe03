/** Values that must never be printed: whatever was resolved from a secret in this process, kept only to be found and cut. */
export type Scrubber = { readonly remember: (value: string) => void; readonly scrub: (text: string) => string }

const cut = '[redacted]'

/** Shapes that are secret wherever they stand: URL credentials, bearer tokens, private keys, `password=…` pairs. */
const shapes: readonly (readonly [RegExp, string])[] = [
  [/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi, `$1:${cut}@`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, cut],
  [/\b(bearer\s+)[A-Za-z0-9._~+/=-]{8,}/gi, `$1${cut}`],
  [/\b(drydock_[a-z]*_?)[A-Za-z0-9_-]{20,}/g, `$1${cut}`],
  [/\b((?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key)\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s'"&;]+)/gi, `$1${cut}`],
]

/** Remembers at most `limit` values, oldest forgotten first; shorter than 6 characters would cut ordinary words. */
export function createScrubber(limit = 2_000): Scrubber {
  const values = new Set<string>()
  return {
    remember(value) {
      const trimmed = value.trim()
      if (trimmed.length < 6) return
      values.add(trimmed)
      const oldest = values.values().next()
      if (values.size > limit && !oldest.done) values.delete(oldest.value)
    },
    scrub(text) {
      let clean = text
      for (const value of values) if (clean.includes(value)) clean = clean.replaceAll(value, cut)
      return shapes.reduce((part, [shape, replacement]) => part.replace(shape, replacement), clean)
    },
  }
}
