import { ofLastCall, type Arg, type Call } from './call.ts'
import { one, some, star } from './marks.ts'
import type { Inner } from './inner.ts'
import { readOptions } from './options.ts'

export type Find = {
  readonly roots: readonly string[]
  /** Only some of what is below the roots is meant. */
  readonly filtered: boolean
  readonly deletes: boolean
  readonly commands: readonly (readonly Arg[])[]
  readonly patterns: readonly string[]
  /** Nothing younger is meant, in days; null where the age does not matter. */
  readonly olderThan: number | null
  /** What it picks by. */
  readonly tests: readonly string[]
}

const filters = new Set(
  '-name -iname -path -ipath -regex -iregex -atime -ctime -mtime -amin -cmin -mmin -size -user -group -uid -gid -empty -perm -nouser -nogroup -inum -links -samefile -wholename -lname -xtype'.split(
    ' ',
  ),
)
const isFilter = (test: string): boolean => filters.has(test) || (test.startsWith('-newer') && /^-newer\w*$/.test(test))
const names = /^-(i?name|i?path)$/
const runs = new Set(['-exec', '-execdir', '-ok', '-okdir'])

/** Reads the words of find(1): where it looks, what it picks, what it does with it. */
export const readFind = ofLastCall((call): Find => {
  const words = call.args
  let at = 0
  while (/^-([HLP]|O\d|D)$/.test(words[at]?.text ?? '')) at += words[at]?.text === '-D' ? 2 : 1
  const roots: string[] = []
  for (let word = words[at]; word !== undefined && !/^[-(!]/.test(word.text); word = words[at]) {
    roots.push(word.text)
    at += 1
  }
  const commands: Arg[][] = []
  const patterns: string[] = []
  const tests: string[] = []
  let deletes = false
  let olderThan: number | null = null
  for (; at < words.length; at += 1) {
    const test = words[at]?.text ?? ''
    if (!test.startsWith('-')) continue
    if (test === '-delete') deletes = true
    else if (isFilter(test)) {
      tests.push(test)
      const next = words[at + 1]
      if (next !== undefined && names.test(test) && !/^(!|-not)$/.test(words[at - 1]?.text ?? ''))
        patterns.push(next.text)
      if (/^-[acm](time|min)$/.test(test) && /^\+\d+$/.test(next?.text ?? ''))
        olderThan = Number(next?.text) / (test.endsWith('min') ? 1_440 : 1)
    } else if (runs.has(test)) {
      const rest = words.slice(at + 1)
      const end = rest.findIndex(
        (word, index) => word.text === ';' || (word.text === '+' && rest[index - 1]?.text === '{}'),
      )
      commands.push(end < 0 ? rest : rest.slice(0, end))
      if (end < 0) break
      at += end + 1
    }
  }
  return {
    roots: roots.length === 0 ? ['.'] : roots,
    filtered: tests.length > 0,
    deletes,
    commands,
    patterns,
    olderThan,
    tests,
  }
})

/** Where old ones of a kind go when new ones have come. */
const turnsOver =
  /(^|[/_.-])(backups?|bak|dumps?|logs?|tmp|temp|caches?|sessions?|trash|recycle|archives?|archivelog|spool|exports?|reports?|releases?|builds?|artifacts?|snapshots?|old|diag|incomplete|downloads?|crash|core|thumbs?|previews?)s?([/_.-]|$)/i
const fewDays = 2
/** Of these more have to stay: what is noticed late is brought back from one of last week. */
const holdsBackups = /(^|[/_.-])(backups?|bak|dumps?|archives?|archivelog|snapshots?)([/_.-]|$)/i
const aWeek = 5

/** What is old enough goes from where new ones come every day. */
export const isRetention = (root: string, olderThan: number | null): boolean =>
  olderThan !== null &&
  olderThan >= fewDays &&
  (olderThan >= aWeek || !holdsBackups.test(root)) &&
  turnsOver.test(root) &&
  !neverTurns.test(root)

/** Somebody's mail and jobs lie in a spool as well, and stay until he takes them. */
const neverTurns =
  /\/(imap|v?mail|dovecot|cyrus|maildirs?|mailboxes|cron|atjobs|news)(\/(?!.*(trash|junk|spam|tmp))|$)/i

/** What find would hand on: everything below its roots, those of a kind, or some of it. */
export function findItems(call: Call): readonly string[] {
  const { roots, filtered, patterns, olderThan } = readFind(call)
  const kinds = patterns.filter((pattern) => /\w/.test(pattern))
  const items: string[] = []
  for (const root of roots) {
    const below = withoutSlash(root)
    if (!filtered) items.push(`${root}/${star}`)
    // Two parts below: it is none of the whole directories there.
    else if (isRetention(root, olderThan)) items.push(`${below}/${some}/${some}`)
    else if (kinds.length === 0) items.push(`${root}/${some}`)
    else
      for (const pattern of kinds)
        items.push(`${below}/${pattern.replace(/^.*\//, '').replaceAll('*', star).replaceAll('?', one)}`)
  }
  return items
}

const withoutSlash = (root: string): string => (root.endsWith('/') ? root.replace(/(?<=.)\/+$/, '') : root)

/** What fd would hand on, by the endings that it looks for. */
function fdItems(before: readonly Arg[]): readonly string[] {
  const { rest, values } = readOptions(before, {
    short: 'etEdjSoc',
    long: 'extension type exclude max-depth min-depth threads size owner color changed-before changed-within changed-after older newer base-directory search-path glob'.split(
      ' ',
    ),
  })
  const root = [...rest.slice(1), ...(values.get('search-path') ?? []), ...(values.get('base-directory') ?? [])].find(
    ({ text }) => /^[/~\uE000]/.test(text),
  )?.text
  const endings = [...(values.get('e') ?? []), ...(values.get('extension') ?? [])]
  if (root === undefined) return [some]
  const below = withoutSlash(root)
  return endings.length === 0
    ? [`${below}/${star}`]
    : endings.map(({ text }) => `${below}/${star}.${text.replace(/^\./, '')}`)
}

export function findCommands(call: Call): readonly Inner[] {
  if (call.name === 'fd' || call.name === 'fdfind') {
    const at = call.args.findIndex((arg) => /^(-x|-X|--exec|--exec-batch)$/.test(arg.text))
    const words = at < 0 ? [] : call.args.slice(at + 1)
    return words.length === 0
      ? []
      : fdItems(call.args.slice(0, at)).map((item) => inPlaceOf(words, item, { text: item }))
  }
  const { commands } = readFind(call)
  if (commands.length === 0) return []
  const items = findItems(call)
  return commands.flatMap((words) => items.map((item) => inPlaceOf(words, item, null)))
}

const inPlaceOf = (words: readonly Arg[], item: string, open: Arg | null): Inner => ({
  kind: 'words',
  words: words.map((word) => (word.text.includes('{}') ? { ...word, text: word.text.split('{}').join(item) } : word)),
  ...(open === null ? {} : { open }),
  repeated: true,
})
