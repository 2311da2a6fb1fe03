import { baseName, type Arg } from './call.ts'
import { isLiteral, some, unknown, withoutMarks } from './marks.ts'

export type Printed = { readonly name: string; readonly args: readonly Arg[]; readonly stdin: string | null }

/** What a command prints, where its text alone tells; null where it does not. `some` where it is one name or number. */
export function printed(call: Printed): string | null {
  const { name, stdin } = call
  const args = call.args.map((arg) => arg.text)
  switch (name) {
    case 'echo':
      return echo(args)
    case 'printf':
      return args[0] === '-v' ? '' : printf(args[0] === '--' ? args.slice(1) : args)
    case 'cat':
      return args.every((arg) => arg === '-' || arg === '-u') ? stdin : null
    case 'tee':
      return stdin
    case 'true':
    case ':':
      return ''
    case 'base64':
      return args.some((arg) => /^(-[a-z]*[dD]|--decode)$/.test(arg))
        ? decode(stdin, 'base64')
        : stdin !== null && isLiteral(stdin)
          ? Buffer.from(stdin).toString('base64')
          : null
    case 'openssl':
      return /^(base64|enc)$/.test(args[0] ?? '') &&
        args.includes('-d') &&
        (args[0] === 'base64' || args.some((arg) => /^-(base64|a)$/.test(arg))) &&
        args.every((arg) => !/^-(aes|des|k$|K$|pass)/.test(arg))
        ? decode(stdin, 'base64')
        : null
    case 'xxd':
      return args.some((arg) => /^-\w*r/.test(arg)) ? decode(stdin, 'hex') : null
    case 'rev':
      return stdin === null ? null : stdin.split('\n').map(reverse).join('\n')
    case 'mktemp':
      return args.find((arg) => arg.startsWith('/'))?.replace(/X{3,}/, some) ?? `/tmp/${some}`
    case 'which':
    case 'realpath':
      return args.findLast((arg) => !arg.startsWith('-')) ?? null
    case 'readlink':
      return args.some((arg) => /^-[a-z]*[fem]/.test(arg)) ? (args.at(-1) ?? null) : null
    case 'command':
      return args[0] === '-v' ? (args[1] ?? null) : null
    case 'type':
      return args[0] === '-P' || args[0] === '-p' ? (args[1] ?? null) : null
    case 'dirname':
      return pathPart(args.at(-1), (path) => path.replace(/\/[^/]*\/?$/, '') || '/')
    case 'basename':
      return pathPart(args[0], baseName) ?? some
    default:
      return namesOneThing(name, args) ? some : null
  }
}

const single = new Set(
  'date hostname whoami uname nproc lsb_release arch getconf wc tput hostnamectl logname tty cksum md5sum stat '.split(
    ' ',
  ),
)

/** Programs that print one name or number. */
const namesOneThing = (name: string, args: readonly string[]): boolean =>
  single.has(name) ||
  (name === 'id' && args.some((arg) => /^-[ug]n?$/.test(arg))) ||
  (name === 'git' && /^(rev-parse|describe|symbolic-ref|branch)$/.test(args[0] ?? '')) ||
  (name === 'dpkg' && args[0] === '--print-architecture')

function pathPart(path: string | undefined, part: (path: string) => string): string | null {
  return path === undefined || !isLiteral(path) ? null : part(path)
}

function decode(text: string | null, encoding: 'base64' | 'hex'): string | null {
  if (text === null || !isLiteral(text)) return null
  const decoded = Buffer.from(text.replaceAll(/\s/g, ''), encoding).toString('utf8')
  return decoded.includes('\uFFFD') || decoded === '' ? null : withoutMarks(decoded)
}

const reverse = (line: string): string => line.split('').toReversed().join('')

function echo(args: readonly string[]): string {
  let from = 0
  while (/^-[neE]+$/.test(args[from] ?? '')) from += 1
  const text = args.slice(from).join(' ')
  const flags = args.slice(0, from).join('')
  // dash decodes escapes without being asked, bash only with -e: backslashes that are left decide nothing for us.
  return `${flags.includes('E') ? text : unescape(text)}${flags.includes('n') ? '' : '\n'}`
}

function printf(args: readonly string[]): string | null {
  const [format, ...values] = args
  if (format === undefined) return null
  const rounds = /%[^%]/.test(format.replaceAll('%%', '')) ? Math.max(1, values.length) : 1
  let text = ''
  let next = 0
  for (let round = 0; round < rounds && (round === 0 || next < values.length) && text.length < 65_536; round += 1) {
    text += unescape(format).replaceAll(/%%|%[-+ #0]*\d*(?:\.\d+)?([a-zA-Z])/g, (whole, kind: string | undefined) => {
      if (whole === '%%') return '%'
      const value = values[next] ?? ''
      next += 1
      if (kind === 's' || kind === 'd' || kind === 'i') return value
      if (kind === 'b') return unescape(value)
      return kind === 'c' ? value.slice(0, 1) : unknown
    })
  }
  return text
}

const letters: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', a: '', b: '', e: '' }

const unescape = (text: string): string =>
  !text.includes('\\')
    ? text
    : text.replaceAll(
        /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|0?([0-7]{1,3})|([ntr\\abe]))/g,
        (
          whole,
          hex: string | undefined,
          wide: string | undefined,
          octal: string | undefined,
          letter: string | undefined,
        ) => {
          if (hex !== undefined || wide !== undefined)
            return withoutMarks(String.fromCharCode(Number.parseInt(hex ?? wide ?? '', 16)))
          if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
          return letters[letter ?? ''] ?? whole
        },
      )
