export const cut = '[redacted]'

/** Shapes that are secret wherever they stand: URL credentials, bearer tokens, our own tokens, private keys, passwords as options or pairs. */
const shapes: readonly (readonly [RegExp, string])[] = [
  [/([a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@]{0,256}):[^\s@/]{1,1024}@/gi, `$1:${cut}@`],
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g, cut],
  [/\b(bearer\s+|basic\s+)[A-Za-z0-9._~+/=-]{8,}/gi, `$1${cut}`],
  [/\bdd_[A-Za-z0-9_-]{20,}/g, cut],
  [
    /((?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|credentials?)"?\s*(?:=|:|\s)\s*)("[^"]*"|'[^']*'|[^\s'"&;|,}]+)/gi,
    `$1${cut}`,
  ],
]

/** Cuts what looks secret out of a text that people will read. */
export const redactShapes = (text: string): string =>
  shapes.reduce((part, [shape, replacement]) => part.replace(shape, replacement), text)

const limit = 200

/** What people, logs and histories see of a typed command: one line, private values cut, shortened. */
export function showCommand(text: string): string {
  const line = redactShapes(text)
    .replaceAll(/\s*\n\s*/g, '; ')
    .replaceAll(/\p{Cc}/gu, ' ')
    .replaceAll(/[\p{Cf}\p{Zl}\p{Zp}]/gu, codePoint)
    .trim()
  return line.length <= limit ? line : `${line.slice(0, limit)}…`
}

/** Characters that turn or hide what stands beside them would show an approver another command than the one that runs. */
const codePoint = (character: string): string =>
  `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`
