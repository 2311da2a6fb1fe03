import { ofLastCall, type Arg, type Call } from '../reading/call.ts'
import { readOptions } from '../reading/options.ts'
import { resolvePath } from '../reading/paths.ts'

export type Write = { readonly path: string; readonly how: 'empties' | 'replaces' | 'appends' | 'removes' | 'moves' }

const printsNothing = (call: Call): boolean =>
  call.name === '' ||
  call.name === ':' ||
  call.name === 'true' ||
  (call.name === 'cat' && call.args[0]?.text === '/dev/null') ||
  (call.name === 'tee' && call.stdin?.read()?.trim() === '') ||
  ((call.name === 'printf' || call.name === 'echo') && call.args.every((arg) => arg.text === '' || arg.text === '-n'))

/** Options that name the file a program writes its output to. */
const outputs = { sort: ['o', 'output'], curl: ['o', 'output'], wget: ['O', 'output-document'] } as const

const none: readonly Write[] = []
/** Programs that write, empty, move or remove files by name. */
export const writers: ReadonlySet<string> = new Set([
  'tee',
  'truncate',
  'cp',
  'install',
  'mv',
  'ln',
  'rm',
  'unlink',
  'shred',
  'dd',
  'sed',
  'sort',
  'curl',
  'wget',
  'ex',
  'vi',
  'vim',
  'nvim',
  'ed',
  'patch',
])

/** Every file that a call writes, empties, moves or removes by name. */
export const writesOf = ofLastCall((call) =>
  call.redirects.length === 0 && !writers.has(call.name) ? none : collect(call),
)

function collect(call: Call): readonly Write[] {
  const writes: Write[] = call.redirects.flatMap(({ operator, target }): Write[] => {
    if (!/^(>|>>|>\||&>|&>>|<>)$/.test(operator)) return []
    return [
      {
        path: pathIn(call, target),
        how: operator.includes('>>') ? 'appends' : printsNothing(call) ? 'empties' : 'replaces',
      },
    ]
  })
  return [...writes, ...byProgram(call).map(({ arg, how }) => ({ path: pathIn(call, arg), how }))]
}

const pathIn = (call: Call, arg: Arg): string => resolvePath(arg.text, call.cwds[0] ?? '')
const each = (args: readonly Arg[], how: Write['how']) => args.map((arg) => ({ arg, how }))

/** Here a link to nowhere is how something is switched off. */
const masks = /^\/(etc|run|usr\/lib)\/([\w-]+\.d|systemd|udev|xdg)\/|\/\.\w+_history$/

function byProgram(call: Call): readonly { arg: Arg; how: Write['how'] }[] {
  const options = readOptions(call.args, {
    short: { truncate: 's', install: 'mogtS', shred: 'ns' }[call.name] ?? 'tS',
    long: ['size', 'target-directory', 'mode', 'owner', 'group', 'suffix', 'reference'],
  })
  const words = options.rest
  switch (call.name) {
    case 'tee': {
      const { rest, flags } = readOptions(call.args)
      return each(
        rest,
        flags.has('a') || flags.has('append') ? 'appends' : printsNothing(call) ? 'empties' : 'replaces',
      )
    }
    case 'truncate':
      return each(words, 'empties')
    case 'cp':
    case 'install': {
      const target = words.at(-1)
      return words.length < 2 || target === undefined
        ? []
        : each([target], words[0]?.text === '/dev/null' ? 'empties' : 'replaces')
    }
    case 'mv': {
      const target = words.at(-1)
      return words.length < 2 || target === undefined
        ? []
        : [...each(words.slice(0, -1), 'moves'), ...each([target], 'replaces')]
    }
    case 'ln': {
      const target = words.at(-1)
      if (words.length < 2 || target === undefined || !options.flags.has('f')) return []
      return each([target], words[0]?.text === '/dev/null' && !masks.test(target.text) ? 'empties' : 'replaces')
    }
    case 'rm':
    case 'unlink':
    case 'shred':
      return each(readOptions(call.args).rest, 'removes')
    case 'sed': {
      const { rest, flags, values } = readOptions(call.args, { short: 'efl', long: ['expression', 'file'] })
      const inPlace = [...flags].some((flag) => flag === 'i' || flag.startsWith('in-place'))
      const given = values.get('e') ?? values.get('expression')
      const all = /^(1,\$|\/\^?(\.\*)?\/)?d$/.test((given ?? rest)[0]?.text.trim() ?? '')
      return inPlace && all ? each(given === undefined ? rest.slice(1) : rest, 'empties') : []
    }
    case 'sort':
    case 'curl':
    case 'wget': {
      const [letter, long] = outputs[call.name]
      const { values } = readOptions(call.args, { short: `${letter}tkSTXHdAu`, long: [long] })
      return each([...(values.get(letter) ?? []), ...(values.get(long) ?? [])], 'replaces')
    }
    case 'ed':
    case 'ex':
    case 'vi':
    case 'vim':
    case 'nvim': {
      const script = [call.stdin?.read() ?? '', ...call.args.map((arg) => arg.text)]
      return script.some((text) => /(^|[\s|:])(%|1?,\$|,)\s*d(elete)?\b/m.test(text))
        ? each(readOptions(call.args, { short: 'cp' }).rest, 'empties')
        : []
    }
    case 'patch':
      return each(readOptions(call.args, { short: 'pidorBDFgVYz' }).rest.slice(0, 1), 'replaces')
    case 'dd':
      return call.args.flatMap((arg) =>
        arg.text.startsWith('of=') ? [{ arg: { ...arg, text: arg.text.slice(3) }, how: 'replaces' as const }] : [],
      )
    default:
      return []
  }
}
