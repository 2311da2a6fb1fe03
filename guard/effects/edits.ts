import type { Arg, Call } from '../reading/call.ts'
import { readOptions } from '../reading/options.ts'
import type { Told } from './effect.ts'

/** Programs that change files in their place when they are told to. */
export const editors = 'sed gsed perl ruby awk gawk ed ex vi vim nvim sponge'.split(' ')

/** What an edit in place does to a whole file; an edit of some lines is nobody's loss, but for those it drops. */
export function edited(call: Call): readonly Told[] {
  switch (call.name) {
    case 'sed':
    case 'gsed':
      return bySed(call)
    case 'perl':
    case 'ruby':
      return byFilter(call)
    case 'awk':
    case 'gawk':
      return byAwk(call)
    case 'sponge':
      return call.stdin?.read()?.trim() === '' ? told(readOptions(call.args).rest, { how: 'empties' }) : []
    default:
      return byCommands(call)
  }
}

type Did = Pick<Told, 'how' | 'lines'>

const told = (files: readonly Arg[], did: Did | null): readonly Told[] =>
  did === null ? [] : files.map((arg) => ({ arg, ...did }))

/** `sed -i.bak`: the file from before stays. */
const keepsCopy = (call: Call): boolean =>
  call.args.some(({ text }) => /^-[a-zA-Z]*i[.~_+]\S*|^--in-place=\S/.test(text))

function bySed(call: Call): readonly Told[] {
  const { rest, flags, values } = readOptions(call.args, { short: 'efl', long: ['expression', 'file'] })
  if (![...flags].some((flag) => flag === 'i' || flag.startsWith('in-place')) || keepsCopy(call)) return []
  const given = [...(values.get('e') ?? []), ...(values.get('expression') ?? [])]
  const scripts = given.length > 0 ? given : values.has('f') || values.has('file') ? [] : rest.slice(0, 1)
  const files = given.length > 0 || scripts.length === 0 ? rest : rest.slice(1)
  const quiet = flags.has('n') || flags.has('quiet') || flags.has('silent')
  return told([...files, ...handed(call)], ofScript(scripts.map(({ text }) => text).join('\n'), quiet))
}

/** Where every line is meant: no address, or one that fits them all. */
const everyLine = String.raw`(?:1,\$|0~1|\/(?:\^|\.|\^?\.\*\$?|\$|)\/|\/\^?\.\/)?\s*`
const blanks = new RegExp(
  String.raw`^${everyLine}(?:d|s([/|#,@!])(?:\^?\.[*+]?\$?|\^\.\*|\.\\\+|\[\^?\S*\]\*?)\1[^/|#,@!]{0,2}\1\w*|[2-9],\$d|1?q|1!d|c\\?.*)$`,
)
const comments = new RegExp(
  String.raw`^${everyLine}s([/|#,@!])\^(?:\(?\[\^#\S*\]\)?|\(?\.\*\\?\)?|\(?\.\\?\)?)?\1\\?#.{0,4}\1\w*$`,
)

function ofScript(script: string, quiet: boolean): Did | null {
  const commands = script.split(/[;\n]/).map((command) => command.trim())
  if (commands.some((command) => blanks.test(command))) return { how: 'empties' }
  if (commands.some((command) => comments.test(command))) return { how: 'comments' }
  const dropping = commands.filter(
    (command) => /(^|[/\d$!\s}I])d\}?$/.test(command) || (quiet && command.endsWith('p')),
  )
  if (dropping.length > 0) return { how: 'drops', lines: dropping.join('; ') }
  return quiet && !commands.some((command) => /p(\s|$|\})/.test(command)) ? { how: 'empties' } : null
}

const ofFilter =
  /^\s*(?:\$_\s*=\s*(?:""|''|undef|q\(\))|undef\s+\$_|(?:s|\$_\s*=~\s*s)([/|#{])(?:\^?\.[*+]\$?|\.)\1?\}?(?:[/{])?[/}|#]?\w*|)\s*;?\s*$/

/** `perl -pi -e`, `ruby -i -pe`. */
function byFilter(call: Call): readonly Told[] {
  const { rest, flags, values } = readOptions(call.args, { short: 'eEIMmr' })
  if (!flags.has('i') || keepsCopy(call)) return []
  const code = [...(values.get('e') ?? []), ...(values.get('E') ?? [])].map(({ text }) => text).join(';')
  const printsAll = flags.has('p')
  const did: Did | null =
    (printsAll && ofFilter.test(code)) || (!printsAll && !/print|puts|say|\$stdout/.test(code))
      ? { how: 'empties' }
      : comments.test(code.trim().replace(/;$/, ''))
        ? { how: 'comments' }
        : printsAll && !/^\s*s[/|#{].*\b$_\s*=\s*""/.test(code)
          ? null
          : { how: 'drops', lines: code }
  return told([...rest, ...handed(call)], did)
}

/** `awk -i inplace`. */
function byAwk(call: Call): readonly Told[] {
  const { rest, values } = readOptions(call.args, { short: 'fFvie', long: ['include'] })
  const [library] = [...(values.get('i') ?? []), ...(values.get('include') ?? [])]
  if (library?.text !== 'inplace') return []
  const [program, ...files] = rest
  const code = program?.text.trim() ?? ''
  const did: Did | null =
    !/print|^[^{]+$/.test(code) || code === '0' ? { how: 'empties' } : { how: 'drops', lines: code }
  return told(files, code.startsWith('{') && /print/.test(code) ? null : did)
}

/** `ed`, `ex` and the kin of vi, with commands on their input or behind `-c`. */
function byCommands(call: Call): readonly Told[] {
  const scripts = [call.stdin?.read() ?? '', ...call.args.map(({ text }) => text)]
  const files = readOptions(call.args, { short: 'cp' }).rest.filter(({ text }) => !text.startsWith('+'))
  if (scripts.some((text) => /(^|[\s|:+])(%|1?,\$|,|g\/\^?\.?\*?\/)\s*d(elete)?!?\b/m.test(text)))
    return told(files, { how: 'empties' })
  if (scripts.some((text) => /(^|[\s|:+])(%|1?,\$|,)?\s*s([/|#])(\^?\.\*\$?|\.)\3\3/m.test(text)))
    return told(files, { how: 'empties' })
  const [dropped] = scripts.flatMap((text) => /(^|[\s|:+])(g?\/\S{1,200}\/d\b)/m.exec(text)?.[2] ?? [])
  return dropped === undefined ? [] : told(files, { how: 'drops', lines: dropped })
}

/** What a list hands on. */
const handed = ({ open }: Call): readonly Arg[] => (open === null ? [] : [open])
