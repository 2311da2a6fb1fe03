export const cut = '[redacted]'

/** The text before a private value stays. */
type Shape = readonly [RegExp, (...match: string[]) => string]

const pair = /(pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|credentials?)/.source
const value = /("[^"]*"|'[^']*'|[^\s'"&;|,}]+)/.source
const before = (_: string, kept = ''): string => `${kept}${cut}`

/** Shapes that are secret wherever they stand: URL credentials, bearer tokens, our own tokens, private keys. */
const shapes: readonly Shape[] = [
  [/([a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@]{0,256}:)[^\s@/]{1,1024}(?=@)/gi, before],
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g, () => cut],
  [/\b(bearer\s+|basic\s+)[A-Za-z0-9._~+/=-]{8,}/gi, before],
  [/\bdd_[A-Za-z0-9_-]{20,}/g, () => cut],
]

/** Passwords as options or pairs. */
const words: readonly Shape[] = [[new RegExp(`(${pair}"?\\s*(?:=|:|\\s)\\s*)${value}`, 'gi'), before]]

/** The same where every other word must stay readable: `passwd root` is no password. */
const options: readonly Shape[] = [
  [new RegExp(`(${pair}"?\\s*[=:]\\s*)${value}`, 'gi'), before],
  [new RegExp(`(--?[\\w-]*${pair}\\s+)${value}`, 'gi'), before],
]

const redact = (text: string, by: readonly Shape[]): string =>
  by.reduce((part, [shape, replacement]) => part.replace(shape, replacement), text)

/** Cuts what looks secret out of a text that people will read. */
export const redactShapes = (text: string): string => redact(text, [...shapes, ...words])

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

/** All of a typed command for the person who decides on it: private values are cut, but never what would run. */
export const showWhole = (text: string): string =>
  redact(text, [...shapes, ...options].map(butWhatRuns))
    .replaceAll(/[^\P{Cc}\n\t]/gu, codePoint)
    .replaceAll(/[\p{Cf}\p{Zl}\p{Zp}]/gu, codePoint)

/** What a shell would run is no secret, and hiding it would hide what is approved. */
const butWhatRuns = ([shape, replacement]: Shape): Shape => [
  shape,
  (...match) => {
    const [all = ''] = match
    const isKey = all.startsWith('-----BEGIN')
    return (isKey ? !isOnlyKey(all) : runs.test(all)) ? all : replacement(...match)
  },
]

const runs = /[;|&`]|\$\(|[<>]\(/
const isOnlyKey = (block: string): boolean =>
  block
    .split('\n')
    .every((line) =>
      /^(-----(BEGIN|END) [A-Z ]+-----|[A-Za-z0-9+/=]*|(Proc-Type|DEK-Info): [A-Za-z0-9,-]+)\r?$/.test(line),
    )
