const cut = '[redacted]'
const limit = 200

/** Shapes that are secret wherever they stand in a command: URL credentials, bearer tokens, private keys, passwords as options or pairs. */
const shapes: readonly (readonly [RegExp, string])[] = [
  [/([a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@]{0,256}):[^\s@/]{1,1024}@/gi, `$1:${cut}@`],
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g, cut],
  [/\b(bearer\s+|basic\s+)[A-Za-z0-9._~+/=-]{8,}/gi, `$1${cut}`],
  [
    /((?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|credentials?)\s*(?:=|:|\s)\s*)("[^"]*"|'[^']*'|[^\s'"&;|]+)/gi,
    `$1${cut}`,
  ],
]

/** What people, logs and histories see of a typed command: one line, private values cut, shortened. */
export function showCommand(text: string): string {
  const clean = shapes.reduce((part, [shape, replacement]) => part.replace(shape, replacement), text)
  const line = clean
    .replaceAll(/\s*\n\s*/g, '; ')
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim()
  return line.length <= limit ? line : `${line.slice(0, limit)}…`
}
