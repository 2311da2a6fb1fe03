const secretKey = /pass(word|phrase)?$|secret|token|api_?key|private_?key|authorization|cookie|credential/i
// Names and places of secrets are no secrets: {kind: 'stored', name: 'web-1-key'}.
const isReference = (value: object) =>
  'kind' in value && ['stored', 'env', 'file', 'command'].includes(String(value.kind))

const inText: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[removed]'],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi, '$1:[removed]@'],
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, '$1 [removed]'],
  [/\bdd_[A-Za-z0-9_-]{43}\b/g, '[removed]'],
]

/** What may be recorded of parameters (spec TRAIL-4): a second fence behind callers, who pass nothing secret. */
export function masked(value: unknown): unknown {
  if (typeof value === 'string') return inText.reduce((text, [pattern, by]) => text.replace(pattern, by), value)
  if (Array.isArray(value)) return value.map(masked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, maskedPart(key, part)]))
}

function maskedPart(key: string, part: unknown): unknown {
  if (!secretKey.test(key) || part === null || typeof part === 'boolean') return masked(part)
  return typeof part === 'object' && isReference(part) ? masked(part) : '[removed]'
}
