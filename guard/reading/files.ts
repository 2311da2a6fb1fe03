import { baseName, type Arg, type Call } from './call.ts'
import { printed } from './output.ts'
import { resolvePath } from './paths.ts'
import type { Reader } from './reader.ts'

const writes = /^(>|>>|>\||&>|&>>)$/
/** Programs that write files which they are told by name. */
const writers = new Set('tee cp mv install ln curl wget aria2c axel fetch openssl gpg'.split(' '))
const none: readonly string[] = []

/** Remembers which files a command writes, so that running one of them can be read; returns what will run by itself. */
export function noteFiles(reader: Reader, call: Call): readonly string[] {
  if (call.redirects.length === 0 && !writers.has(call.name)) return none
  const later: string[] = []
  for (const { operator, target } of call.redirects) {
    if (!writes.test(operator)) continue
    const text = outputText(call)
    note(reader, call, target.text, text, operator.includes('>>'))
    later.push(...commandsIn(pathOf(call, target.text), text))
  }
  if (!writers.has(call.name)) return later
  if (copiers.has(call.name)) {
    later.push(...noteCopied(reader, call))
    return later
  }
  const texts = call.args.map((arg) => arg.text)
  if (call.name === 'tee')
    for (const text of texts)
      if (!text.startsWith('-')) {
        const written = call.stdin?.read() ?? null
        note(reader, call, text, written, texts.includes('-a'))
        later.push(...commandsIn(pathOf(call, text), written))
      }
  for (const path of downloads(call.name, texts)) note(reader, call, path, null, false)
  return later
}

const copiers = new Set(['cp', 'mv', 'install', 'ln'])

/** The same of a file that is put elsewhere, by what is known of it. */
function noteCopied(reader: Reader, call: Call): readonly string[] {
  const [to, from] = call.args.filter(({ text }) => !text.startsWith('-')).toReversed()
  if (from === undefined || to === undefined) return none
  const content = reader.files.size === 0 ? undefined : reader.files.get(pathOf(call, from.text))
  if (content === undefined) {
    noteCopy(reader, call, from.text, to.text)
    return none
  }
  note(reader, call, to.text, content, false)
  return commandsIn(pathOf(call, to.text), content)
}

/** A system's program under another name is still that program; one in its own directories keeps its name. */
function noteCopy(reader: Reader, call: Call, from: string, to: string): void {
  const source = pathOf(call, from)
  const of = reader.copies.get(source) ?? (programs.test(source) ? baseName(source) : undefined)
  if (of !== undefined && baseName(to) !== '' && of !== baseName(to)) reader.copies.set(pathOf(call, to), of)
}
const programs = /^\/(usr\/(local\/)?)?s?bin\/[\w.+-]+$/

/** Which program runs under this name, where the script itself has put it there. */
export function copiedFrom(reader: Reader, program: Arg, cwd: string): Arg | undefined {
  if (reader.copies.size === 0) return undefined
  const { text } = program
  const of = text.includes('/')
    ? reader.copies.get(resolvePath(text, cwd))
    : [...reader.copies.entries()].find(([path]) => baseName(path) === text)?.[1]
  return of === undefined || of === baseName(text) ? undefined : { text: of }
}

/** What a file will run by itself: jobs of cron, units of systemd, scripts that every log-in or start reads. */
function commandsIn(path: string, text: string | null): readonly string[] {
  if (text === null) return []
  if (/^\/etc\/cron(tab$|\.d\/)/.test(path)) return jobsIn(text, true)
  if (path.startsWith('/var/spool/cron/')) return jobsIn(text, false)
  if (path.startsWith('/etc/apt/apt.conf'))
    return [...text.matchAll(/\bInvoke(?:-\w+)?\b[^{;]*\{([^}]*)\}/g)].flatMap(([, list = '']) =>
      [...list.matchAll(/"([^"]*)"/g)].map(([, command = '']) => command),
    )
  if (/^\/(etc|lib|usr\/lib)\/systemd\/.*\.service(\.d\/[^/]+\.conf)?$|\/\.config\/systemd\//.test(path))
    return [...text.matchAll(/^Exec\w+=[-@:+!|]*(.*)$/gm)].map(([, command = '']) => command)
  return /^\/etc\/(cron\.\w+\/|rc\.local$|profile(\.d\/|$)|bash\.bashrc$|init\.d\/)|\/\.(bashrc|profile|bash_profile|bash_logout|zshrc)$/.test(
    path,
  )
    ? [text]
    : []
}

/** The commands in a table of cron; the system's own tables name a user before each. */
export function jobsIn(table: string, namesUser: boolean): readonly string[] {
  return table.split('\n').flatMap((line) => {
    const [, command] = /^\s*(?:@\w+|(?:[\d*,/a-zA-Z-]+\s+){4}[\d*,/a-zA-Z-]+)\s+(.*)$/.exec(line) ?? []
    return command === undefined ? [] : [namesUser ? command.replace(/^\S+\s+/, '') : command]
  })
}

function note(reader: Reader, call: Call, path: string, text: string | null, append: boolean): void {
  if (path.startsWith('/dev/')) return
  const key = pathOf(call, path)
  const before = append ? reader.files.get(key) : undefined
  reader.files.set(key, before === undefined ? text : before === null || text === null ? null : before + text)
}

const pathOf = (call: Call, path: string): string => resolvePath(path, call.cwds[0] ?? '')

const outputText = (call: Call): string | null =>
  printed({ name: call.name, args: call.args, stdin: call.stdin?.read() ?? null })

/** Files that come from elsewhere. */
function downloads(name: string, args: readonly string[]): readonly string[] {
  if (!downloaders.has(name)) return none
  const url = args.find((arg) => /^(https?|ftp):\/\//.test(arg))
  const ofUrl = url === undefined ? [] : [baseName(url.replace(/[?#].*$/, ''))]
  const inline = args.flatMap(
    (arg) => /^--(?:output|output-document|out)=(.*)$/.exec(arg)?.[1] ?? /^-[a-zA-Z]*[oO](.+)$/.exec(arg)?.[1] ?? [],
  )
  if (name === 'curl')
    return args.some((arg) => /^-[a-zA-Z]*O$|^--remote-name$/.test(arg))
      ? ofUrl
      : [...behind(args, /^(-[a-zA-Z]*o|--output)$/), ...inline]
  if (name === 'wget') {
    const named = [...behind(args, /^(-[a-z]*O|--output-document)$/), ...inline]
    return named.length > 0 ? named : ofUrl
  }
  if (name === 'aria2c' || name === 'axel' || name === 'fetch')
    return [...behind(args, /^(-o|--out)$/), ...inline, ...ofUrl]
  return behind(args, /^(-out|-o|--output)$/)
}
const downloaders = new Set('curl wget aria2c axel fetch openssl gpg'.split(' '))

const behind = (args: readonly string[], flags: RegExp): string[] =>
  args.flatMap((arg, index) => (flags.test(arg) ? (args[index + 1] ?? []) : []))

/** The text of a file that is run: undefined where the command did not write it, null where it is not known. */
export function contentOf(reader: Reader, path: Arg, call: Call): string | null | undefined {
  if (path.content !== undefined) return path.content
  return reader.files.get(pathOf(call, path.text))
}
