import { baseName, ofLastCall, type Arg, type Call } from '../reading/call.ts'
import { isGlob, some, unknown } from '../reading/marks.ts'
import { readOptions } from '../reading/options.ts'
import { resolvePath } from '../reading/paths.ts'
import { each, type Effect, type Told } from './effect.ts'
import { edited, editors } from './edits.ts'
import { printsNothing } from './prints.ts'
import { sentTo } from './sent.ts'

const none: readonly Effect[] = []
const nothing: readonly Told[] = []

type Way = (call: Call) => readonly Told[]

const ways: ReadonlyMap<string, Way> = new Map(
  (
    [
      ['rm unlink shred srm wipe safe-rm trash-put trash rimraf scrub del erase', removed],
      ['gio kioclient kioclient5', byDesktop],
      ['tee', teed],
      ['truncate', truncated],
      ['fallocate', punched],
      ['cp install', copied],
      ['mv', moved],
      ['ln', linked],
      ['dd', byDd],
      ['rsync scp', sentTo],
      ['sort curl wget iconv gpg', byOption],
      ['patch', (call) => each(readOptions(call.args, { short: 'pidorBDFgVYz' }).rest.slice(0, 1), 'replaces')],
      [
        'zip',
        (call) => (hasShort(call, 'm') ? each(readOptions(call.args, { short: 'bntxi' }).rest.slice(1), 'moves') : []),
      ],
      [editors.join(' '), edited],
    ] satisfies readonly (readonly [string, Way])[]
  ).flatMap(([names, way]) => names.split(' ').map((name) => [name, way] as const)),
)

/** Programs that write, empty, edit, move or remove files by name. */
export const touching: ReadonlySet<string> = new Set(ways.keys())

/** What a call does to every file that it names. */
export const effectsOf = ofLastCall((call): readonly Effect[] => {
  const way = ways.get(call.name)
  if (call.redirects.length === 0 && way === undefined) return none
  const effects: Effect[] = []
  for (const told of redirected(call)) effects.push(effectOf(told, call))
  for (const told of way?.(call) ?? []) effects.push(effectOf(told, call))
  return effects
})

function effectOf({ arg, how, to, lines }: Told, call: Call): Effect {
  const path = resolvePath(arg.text, call.cwds[0] ?? '')
  return { how, to, lines, path, many: isGlob(path) || (call.open === arg && !path.includes(some)) }
}

const redirected = (call: Call): readonly Told[] =>
  call.redirects.length === 0
    ? nothing
    : call.redirects.flatMap(({ operator, target }): readonly Told[] =>
        /^(>|>>|>\||&>|&>>|<>)$/.test(operator)
          ? each([target], operator.includes('>>') ? 'appends' : printsNothing(call) ? 'empties' : 'replaces')
          : [],
      )

/** What a list hands on, where it is known where that lies. */
const handed = ({ open }: Call): readonly Arg[] => (open === null || open.text.startsWith(unknown) ? [] : [open])

const hasShort = (call: Call, letter: string): boolean => readOptions(call.args).flags.has(letter)

function removed(call: Call): readonly Told[] {
  const shape = call.name === 'shred' ? { short: 'ns', long: ['iterations', 'size'] } : undefined
  return each([...readOptions(call.args, shape).rest, ...handed(call)], 'removes')
}

/** `gio trash FILE`. */
function byDesktop(call: Call): readonly Told[] {
  return /^(trash|remove|rm|del)$/.test(call.args[0]?.text ?? '')
    ? each(readOptions(call.args.slice(1)).rest, 'removes')
    : []
}

function teed(call: Call): readonly Told[] {
  const { rest, flags } = readOptions(call.args)
  const how = flags.has('a') || flags.has('append') ? 'appends' : printsNothing(call) ? 'empties' : 'replaces'
  return each([...rest, ...handed(call)], how)
}

/** A file that is given a size of its own grows, where it does not exist yet. */
function truncated(call: Call): readonly Told[] {
  const { rest, values } = readOptions(call.args, { short: 'sr', long: ['size', 'reference'] })
  const size = (values.get('s') ?? values.get('size'))?.[0]?.text ?? ''
  return /^(=|\+|%|\/)?[1-9]/.test(size) && !/^[</-]/.test(size) ? [] : each([...rest, ...handed(call)], 'empties')
}

function punched(call: Call): readonly Told[] {
  const { rest, flags } = readOptions(call.args, { short: 'lo', long: ['length', 'offset'] })
  return ['p', 'c', 'z', 'punch-hole', 'collapse-range', 'zero-range'].some((flag) => flags.has(flag))
    ? each(rest, 'empties')
    : []
}

const placing = { short: 'tS', long: ['target-directory', 'suffix', 'mode', 'owner', 'group', 'reference'] }

function copied(call: Call): readonly Told[] {
  const { rest } = readOptions(call.args, call.name === 'install' ? { ...placing, short: 'mogtS' } : placing)
  const target = rest.at(-1)
  if (rest.length < 2 || target === undefined) return []
  return each(placedAt(rest.slice(0, -1), target), rest[0]?.text === '/dev/null' ? 'empties' : 'replaces')
}

/** In a directory, a file takes the place of the one of its own name. */
const placedAt = (sources: readonly Arg[], target: Arg): readonly Arg[] =>
  sources.length > 1 || target.text.endsWith('/')
    ? sources.map(({ text }) => ({ text: `${withoutSlash(target.text)}/${baseName(withoutSlash(text))}` }))
    : [target]

const withoutSlash = (path: string): string => (path.endsWith('/') ? path.replace(/\/+$/, '') : path)

function moved(call: Call): readonly Told[] {
  const { rest, values } = readOptions(call.args, placing)
  const [inDirectory] = values.get('t') ?? values.get('target-directory') ?? []
  if (inDirectory !== undefined)
    return [...rest, ...handed(call)].map((arg) => ({ arg, how: 'moves', to: inDirectory.text }))
  const target = rest.at(-1)
  if (rest.length < 2 || target === undefined) return []
  const sources = rest.slice(0, -1)
  const effects: Told[] = sources.map((arg) => ({ arg, how: 'moves', to: target.text }))
  for (const arg of placedAt(sources, target)) effects.push({ arg, how: 'replaces' })
  return effects
}

/** Here a link to nowhere is how something is switched off. */
const masks = /^\/(etc|run|usr\/lib)\/([\w-]+\.d|systemd|udev|xdg)\/|\/\.(?!(ba|z|k|a)?sh_)\w+_history$/

function linked(call: Call): readonly Told[] {
  const { rest, flags } = readOptions(call.args, placing)
  const target = rest.at(-1)
  if (rest.length < 2 || target === undefined) return []
  if (!flags.has('f') && !/\/\.\w*sh_history$/.test(target.text)) return []
  return each([target], rest[0]?.text === '/dev/null' && !masks.test(target.text) ? 'empties' : 'replaces')
}

function byDd(call: Call): readonly Told[] {
  // What is not cut to its new length has to be there already: a part of it is written over.
  const partly = call.args.some(({ text }) => /^if=\/dev\/null$|^conv=\S*notrunc/.test(text))
  const texts = call.args.map(({ text }) => text)
  // Without anything copied, only its length is set.
  const blindly = texts.some((text) => /^if=\/dev\/(zero|u?random)$/.test(text)) && !texts.includes('count=0')
  return call.args.flatMap((arg) => {
    if (!arg.text.startsWith('of=')) return []
    const text = arg.text.slice(3)
    return each([{ ...arg, text }], partly || (blindly && text.startsWith('/var/lib/')) ? 'empties' : 'replaces')
  })
}

/** Options that name the file a program writes its output to. */
const outputs: Readonly<Record<string, readonly [letter: string, long: string]>> = {
  sort: ['o', 'output'],
  curl: ['o', 'output'],
  wget: ['O', 'output-document'],
  iconv: ['o', 'output'],
  gpg: ['o', 'output'],
}

function byOption(call: Call): readonly Told[] {
  const [letter, long] = outputs[call.name] ?? ['o', 'out']
  const { values } = readOptions(call.args, { short: `${letter}tkSTXHdAu`, long: [long] })
  return each([...(values.get(letter) ?? []), ...(values.get(long) ?? [])], 'replaces')
}
