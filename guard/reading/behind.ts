import type { Arg, Call, Place } from './call.ts'
import { fromStdin, text, type Inner } from './inner.ts'
import { readOptions, type Options, type OptionShape } from './options.ts'
import type { Wrapper } from './wrapper.ts'
import { families, wrappers } from './wrappers.ts'

// Names come out of the text: in a map they need not be made keys of objects first.
const familyOf = new Map(Object.entries(families))
const wrapperOf = new Map(Object.entries(wrappers))

/** By family, the last words of which one has to be there: without it nothing is run. */
const verbsOf = new Map(
  [...familyOf.keys()].map((family) => [
    family,
    new Set([...wrapperOf.keys()].flatMap((key) => (key.startsWith(`${family} `) ? key.split(' ').slice(-1) : []))),
  ]),
)

export const isWrapper = (name: string): boolean => wrapperOf.has(name) || familyOf.has(name)

export function asWrapper(call: Call): { wrapper: Wrapper; args: readonly Arg[] } | null {
  const family = familyOf.get(call.name)
  if (family !== undefined) {
    const verbs = verbsOf.get(call.name)
    if (!call.args.some(({ text: word }) => verbs?.has(word))) return null
    const rest = wordsBehind(call, family)
    for (const depth of [2, 1]) {
      const words = rest.slice(0, depth).map((arg) => arg.text)
      const known = wrapperOf.get([call.name, ...words].join(' '))
      if (known !== undefined && words.length === depth) return { wrapper: known, args: rest.slice(depth) }
    }
    if (call.name === 'docker' && rest[0]?.text === 'container' && /^(exec|run)$/.test(rest[1]?.text ?? '')) {
      const known = wrapperOf.get(`docker ${rest[1]?.text ?? ''}`)
      return known === undefined ? null : { wrapper: known, args: rest.slice(2) }
    }
    return null
  }
  const wrapper = wrapperOf.get(call.name)
  return wrapper === undefined ? null : { wrapper, args: call.args }
}

/** `docker compose -f FILE exec`: the options of compose stand before its verb. */
function wordsBehind(call: Call, family: OptionShape): readonly Arg[] {
  const { rest } = readOptions(call.args, family, 'until_first_word')
  const [first, ...more] = rest
  return first !== undefined && call.name === 'docker' && first.text === 'compose'
    ? [first, ...readOptions(more, ofCompose, 'until_first_word').rest]
    : rest
}

const ofCompose: OptionShape = {
  short: 'fp',
  long: ['file', 'project-name', 'profile', 'env-file', 'project-directory', 'ansi', 'parallel'],
}

function commandLetters({ command = [] }: Wrapper): string {
  return command.filter((name) => name.length === 1).join('')
}

/** The options of each wrapper, those among them that hold a command too. */
const shapeOf = new Map<Wrapper, OptionShape>(
  Object.values(wrappers).map((wrapper) => [
    wrapper,
    {
      short: `${wrapper.short ?? ''}${commandLetters(wrapper)}`,
      long: [...(wrapper.long ?? []), ...(wrapper.command ?? [])],
    },
  ]),
)

export function behind(call: Call, wrapper: Wrapper, args: readonly Arg[]): readonly Inner[] {
  // `nice -10` and `env -` are older spellings of options without a value.
  const options = readOptions(args, shapeOf.get(wrapper), takesOptionsLate(call) ? 'permuted' : 'until_first_word')
  if (wrapper.reports?.some((flag) => options.flags.has(flag))) return []
  const inner: Inner[] = []
  for (const name of wrapper.command ?? [])
    for (const value of options.values.get(name) ?? []) inner.push(text(value.text, { place: placeOf(wrapper, call) }))
  if (call.name === 'ssh') inner.push(...proxyCommands(options))
  const dashes = wrapper.place === 'container' ? args.findIndex((arg) => arg.text === '--') : -1
  const own = dashes >= 0 ? args.slice(dashes + 1) : afterOwnWords(wrapper, options, inner)
  const words = seenFromHost(startsDocker(call, options) ? [{ text: 'docker' }, ...own] : own, options)
  if (words.length === 0)
    return inner.length > 0
      ? inner
      : isShellLike(call, options)
        ? fromStdin(call, wrapper.place === 'elsewhere' ? 'remote' : 'child')
        : []
  if (wrapper.rest === 'shell') {
    inner.push(
      text(words.map((word) => word.text).join(' '), {
        shell: wrapper.place === 'elsewhere' ? 'remote' : 'child',
        place: placeOf(wrapper, call),
      }),
    )
    return inner
  }
  inner.push({ kind: 'words', words, place: placeOf(wrapper, call), open: call.open })
  return inner
}

/** `docker run docker ps`: the image starts the client of its name. */
const startsDocker = (call: Call, { rest }: Options): boolean =>
  call.name === 'docker' &&
  /^(\S+\/)?docker(:\S+)?$/.test(rest[0]?.text ?? '') &&
  rest[1] !== undefined &&
  !/^(docker|sh|ash)$/.test(rest[1].text)

/** `su root -c TEXT`: its options may stand behind the user. */
const takesOptionsLate = (call: Call): boolean =>
  call.name === 'su' ||
  call.name === 'script' ||
  (call.name === 'runuser' && !call.args.some((arg) => /^(-u|--user)/.test(arg.text)))

const placeOf = (wrapper: Wrapper, call: Call): Place => wrapper.place ?? call.place

function afterOwnWords(wrapper: Wrapper, { rest }: Options, found: readonly Inner[]): readonly Arg[] {
  const skipped = found.length > 0 && wrapper.command !== undefined ? rest.length : (wrapper.skip ?? 0)
  let words = skipped === 0 ? rest : rest.slice(skipped)
  if (words[0]?.text === '--' || words[0]?.text === '-') words = words.slice(1)
  // flock FILE -c TEXT: the option stands behind the word.
  if (wrapper.command?.includes('c') && words[0]?.text === '-c' && words[1] !== undefined)
    words = [{ text: 'sh' }, ...words]
  if (!wrapper.assignments) return words
  const first = words.findIndex((word) => !/^[A-Za-z_]\w*\+?=/.test(word.text))
  return first < 0 ? [] : first === 0 ? words : words.slice(first)
}

/** A path in a container that is a directory of the host, by the name that the host has for it. */
function seenFromHost(words: readonly Arg[], { values }: Options): readonly Arg[] {
  if (!values.has('v') && !values.has('volume')) return words
  const mounts = [...(values.get('v') ?? []), ...(values.get('volume') ?? [])].flatMap(({ text: mount }) => {
    const [source, target] = mount.split(':')
    return source?.startsWith('/') && target !== undefined && target.length > 1 ? [{ source, target }] : []
  })
  return mounts.reduce(
    (changed, { source, target }) =>
      changed.map((word) => ({
        ...word,
        text: `${word.text} `
          .replaceAll(`${target}/`, () => (source === '/' ? '/' : `${source}/`))
          .replaceAll(`${target} `, () => `${source} `)
          .slice(0, -1),
      })),
    words,
  )
}

/** Programs that give whoever calls them without a command a shell. */
const isShellLike = (call: Call, options: Options): boolean =>
  call.name === 'sudo' || call.name === 'doas'
    ? options.flags.has('s') || options.flags.has('i') || options.flags.has('shell') || options.flags.has('login')
    : /^(su|ssh|chroot|nsenter|unshare|runuser|sg|autossh)$/.test(call.name)

const proxyCommands = (options: Options): Inner[] =>
  (options.values.get('o') ?? []).flatMap(({ text: option }) => {
    const [, command] = /^(?:ProxyCommand|LocalCommand|KnownHostsCommand)[= ](.*)$/is.exec(option) ?? []
    return command === undefined ? [] : [text(command)]
  })
