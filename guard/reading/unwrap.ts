import { baseName, type Arg, type Call, type Place } from './call.ts'
import { findCommands, findItems } from './find.ts'
import { readInline } from './inline.ts'
import { isDynamic, isLiteral, some as someName, unknown } from './marks.ts'
import { readOptions, type Options } from './options.ts'
import { families, interpreterName, interpreters, shells, wrappers, type Wrapper } from './wrappers.ts'

/** What a call would run in turn. */
export type Inner =
  | {
      readonly kind: 'words'
      readonly words: readonly Arg[]
      readonly place?: Place
      readonly open?: Arg | null
      readonly repeated?: boolean
    }
  | {
      readonly kind: 'text'
      readonly text: string
      readonly positional?: readonly Arg[] | null
      readonly zero?: Arg
      readonly shell: 'same' | 'child' | 'remote'
      readonly place?: Place
    }
  | {
      readonly kind: 'file'
      readonly path: Arg
      readonly positional: readonly Arg[] | null
      readonly shell: 'same' | 'child'
    }
  | { readonly kind: 'unclear'; readonly because: string }

/** Everything that a call runs in turn: what stands behind sudo, `sh -c`, xargs, find, ssh and their like. */
export function unwrap(call: Call): readonly Inner[] {
  const { name } = call
  if (shells.has(name)) return shell(call)
  if (name === 'eval') return [evalText(call)]
  if (name === 'source' || name === '.') {
    const [path, ...positional] = call.args
    return path === undefined ? [] : [{ kind: 'file', path, positional, shell: 'same' }]
  }
  if (name === 'trap') return trap(call)
  if (name === 'alias') return call.args.flatMap(({ text }) => (text.includes('=') ? [aliasText(text)] : []))
  if (name === 'xargs') return xargs(call)
  if (name === 'parallel') return parallel(call)
  if (name === 'find' || name === 'fd' || name === 'fdfind' || name === 'bfs') return findCommands(call)
  if (name === 'at' || name === 'batch') return fromStdin(call, 'child')
  if (name === 'crontab') return crontab(call)
  if (name === 'git') return git(call)
  if (name === 'tar' || name === 'bsdtar') return tar(call)
  if (name === 'tmux' || name === 'screen') return terminal(call)
  if (name === 'vi' || name === 'vim' || name === 'nvim' || name === 'ex') return editor(call)
  if (name === 'ansible' || name === 'salt' || name === 'pdsh' || name === 'clush' || name === 'pssh')
    return fleet(call)
  if (interpreters[interpreterName(name)] !== undefined) return interpreter(call)
  const wrapped = asWrapper(call)
  return wrapped === null ? [] : behind(call, wrapped.wrapper, wrapped.args)
}

const text = (value: string, more: Partial<Extract<Inner, { kind: 'text' }>> = {}): Inner =>
  value.replaceAll(unknown, '').trim() === '' && isDynamic(value)
    ? { kind: 'unclear', because: 'The text that a shell would run is known only on the host.' }
    : { kind: 'text', text: value, shell: 'child', ...more }

function asWrapper(call: Call): { wrapper: Wrapper; args: readonly Arg[] } | null {
  const family = families[call.name]
  if (family !== undefined) {
    const { rest } = readOptions(call.args, family, 'until_first_word')
    for (const depth of [2, 1]) {
      const verbs = rest.slice(0, depth).map((arg) => arg.text)
      const known = wrappers[[family.as ?? call.name, ...verbs].join(' ')]
      if (known !== undefined && verbs.length === depth) return { wrapper: known, args: rest.slice(depth) }
    }
    if (call.name === 'docker' && rest[0]?.text === 'container' && /^(exec|run)$/.test(rest[1]?.text ?? '')) {
      const known = wrappers[`docker ${rest[1]?.text ?? ''}`]
      return known === undefined ? null : { wrapper: known, args: rest.slice(2) }
    }
    return null
  }
  const wrapper = wrappers[call.name]
  return wrapper === undefined ? null : { wrapper, args: call.args }
}

function behind(call: Call, wrapper: Wrapper, args: readonly Arg[]): readonly Inner[] {
  // `nice -10` and `env -` are older spellings of options without a value.
  const options = readOptions(
    args,
    {
      ...wrapper,
      short: `${wrapper.short ?? ''}${commandLetters(wrapper)}`,
      long: [...(wrapper.long ?? []), ...(wrapper.command ?? [])],
    },
    'until_first_word',
  )
  if (wrapper.reports?.some((flag) => options.flags.has(flag))) return []
  const inner: Inner[] = []
  for (const name of wrapper.command ?? [])
    for (const value of options.values.get(name) ?? []) inner.push(text(value.text, { place: placeOf(wrapper, call) }))
  if (call.name === 'ssh') inner.push(...proxyCommands(options))
  const words = afterOwnWords(wrapper, options, inner)
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

const commandLetters = (wrapper: Wrapper): string =>
  (wrapper.command ?? []).filter((name) => name.length === 1).join('')
const placeOf = (wrapper: Wrapper, call: Call): Place => wrapper.place ?? call.place

function afterOwnWords(wrapper: Wrapper, { rest }: Options, found: readonly Inner[]): readonly Arg[] {
  let words = rest.slice(found.length > 0 && wrapper.command !== undefined ? rest.length : (wrapper.skip ?? 0))
  if (words[0]?.text === '--' || words[0]?.text === '-') words = words.slice(1)
  // flock FILE -c TEXT: the option stands behind the word.
  if (wrapper.command?.includes('c') && words[0]?.text === '-c' && words[1] !== undefined)
    words = [{ text: 'sh' }, ...words]
  if (!wrapper.assignments) return words
  const first = words.findIndex((word) => !/^[A-Za-z_]\w*\+?=/.test(word.text))
  return first < 0 ? [] : words.slice(first)
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

function shell(call: Call): readonly Inner[] {
  const words = [...call.args]
  let command = false
  let stdin = false
  for (let word = words[0]; word !== undefined && /^[-+]/.test(word.text); word = words[0]) {
    words.shift()
    if (word.text === '--' || word.text === '-') break
    if (!word.text.startsWith('--')) {
      if (word.text.startsWith('-')) {
        command ||= word.text.includes('c')
        stdin ||= word.text.includes('s')
      }
      if (/[oO]$/.test(word.text)) words.shift()
    } else if (/^--(rcfile|init-file)$/.test(word.text)) words.shift()
  }
  const [first, ...rest] = words
  const positional = call.open === null ? rest : null
  if (command && first === undefined)
    return call.open === null
      ? []
      : [{ kind: 'unclear', because: 'The text that a shell would run comes from a list.' }]
  if (command && first !== undefined)
    return [
      text(first.text, {
        positional: positional?.slice(1) ?? null,
        zero: call.open === null ? rest[0] : { text: unknown },
      }),
    ]
  if (first === undefined || stdin) return fromStdin(call, 'child')
  return [{ kind: 'file', path: first, positional, shell: 'child' }]
}

function evalText(call: Call): Inner {
  const joined = call.args.map((arg) => arg.text).join(' ')
  const sources = call.args.flatMap((arg) => arg.outputOf ?? [])
  if (isDynamic(joined) && sources.length > 0 && sources.every((source) => setsUpShell.test(source)))
    return { kind: 'text', text: ':', shell: 'same' }
  if (joined.startsWith(unknown) || (isDynamic(joined) && sources.length > 0))
    return { kind: 'unclear', because: 'eval would run text that is known only on the host.' }
  return text(joined, { shell: 'same' })
}

/** Programs whose output is made to be evaluated and does nothing but set variables and functions. */
const setsUpShell =
  /^\s*(?:ssh-agent|dircolors|lesspipe|\S*brew shellenv|opam env|locale|tset|resize|(?:pyenv|rbenv|nodenv|jenv|goenv|starship|zoxide|fnm|mise|rtx|direnv|docker-machine|minikube|kubectl|helm|oc|gh|npm|pip3?|poetry|just|cargo|rustup|[a-z-]+) (?:init|env|hook|docker-env|podman-env|activate|completion|completions|shellenv))\b[^;&|<>]*$/

function trap(call: Call): readonly Inner[] {
  const [first, second] = call.args.filter((arg) => arg.text !== '--')
  if (first === undefined || second === undefined || /^(-|-[lp]|)$/.test(first.text)) return []
  return [text(first.text, { shell: 'same' })]
}

const aliasText = (definition: string): Inner => text(definition.slice(definition.indexOf('=') + 1))

/** What a shell reads from its standard input. */
function fromStdin(call: Call, kind: 'child' | 'remote'): readonly Inner[] {
  if (call.stdin === null) return []
  const known = call.stdin.read()
  if (known === null) return [{ kind: 'unclear', because: `A shell would run the output of: ${call.stdin.from}` }]
  return [text(known, { shell: kind, positional: null })]
}

const listOptions = {
  short: 'adEILnPs',
  long: ['arg-file', 'delimiter', 'max-lines', 'max-args', 'max-procs', 'max-chars', 'replace', 'process-slot-var'],
}

function xargs(call: Call): readonly Inner[] {
  const options = readOptions(call.args, listOptions, 'until_first_word')
  const words = options.rest
  if (words.length === 0) return []
  const items = itemsFor(call, options)
  const replaced =
    options.values.get('I')?.[0]?.text ??
    options.values.get('replace')?.[0]?.text ??
    (options.flags.has('i') ? '{}' : null)
  if (replaced !== null)
    return items.map((item) => ({
      kind: 'words' as const,
      words: words.map((word) =>
        word.text.includes(replaced) ? { ...item, text: word.text.split(replaced).join(item.text) } : word,
      ),
      place: call.place,
      repeated: true,
    }))
  const known = items.every((item) => isLiteral(item.text))
  return [
    {
      kind: 'words',
      words: known ? [...words, ...items] : words,
      place: call.place,
      repeated: true,
      open: known ? null : (items[0] ?? null),
    },
  ]
}

/** What a list on standard input holds, as far as its making tells. */
function itemsFor(call: Call, options: Options): readonly Arg[] {
  const from = options.flags.has('a') || options.flags.has('arg-file') ? null : call.stdin
  const known = from?.read() ?? null
  if (from === null) return [{ text: unknown }]
  if (known !== null && isLiteral(known))
    return known.split(/[\s\0]+/).flatMap((item) => (item === '' ? [] : [{ text: item.replaceAll(/['"\\]/g, '') }]))
  const source = from.source()
  const paths = source === null ? null : pathsListedBy(source)
  return (paths ?? [unknown]).map((path) => ({ text: path, outputOf: from.from }))
}

/** Paths that find or ls would print. */
export function pathsListedBy(source: Call): readonly string[] | null {
  if (source.name === 'find') return findItems(source)
  if (source.name !== 'ls') return null
  const directories = source.args.filter((arg) => !arg.text.startsWith('-')).map((arg) => arg.text)
  return directories.length === 0
    ? [someName]
    : directories.map((directory) => (source.args.some((arg) => /^-\w*d/.test(arg.text)) ? directory : someName))
}

function parallel(call: Call): readonly Inner[] {
  const { rest } = readOptions(
    call.args,
    {
      short: 'jaNnLsSP',
      long: ['jobs', 'arg-file', 'max-args', 'timeout', 'retries', 'delay', 'joblog', 'results', 'colsep', 'sshlogin'],
    },
    'until_first_word',
  )
  const at = rest.findIndex((word) => /^:::\+?$/.test(word.text))
  const words = at < 0 ? rest : rest.slice(0, at)
  const items = at < 0 ? null : rest.slice(at + 1).filter((word) => !/^:::\+?$/.test(word.text))
  if (words.length === 0) return items === null ? fromStdin(call, 'child') : items.map((item) => text(item.text))
  const given = items ?? itemsFor(call, readOptions([]))
  const holds = words.some((word) => word.text.includes('{}'))
  if (holds || words.some((word) => word.text.includes(' ')))
    return given.map((item) =>
      text(`${words.map((word) => word.text.split('{}').join(item.text)).join(' ')}${holds ? '' : ` ${item.text}`}`),
    )
  const known = given.every((item) => isLiteral(item.text))
  return [
    {
      kind: 'words',
      words: known ? [...words, ...given] : words,
      place: call.place,
      repeated: true,
      open: known ? null : (given[0] ?? { text: unknown }),
    },
  ]
}

function crontab(call: Call): readonly Inner[] {
  const known =
    call.args.some((arg) => arg.text === '-') || call.args.length === 0 ? (call.stdin?.read() ?? null) : null
  if (known === null) return []
  return known.split('\n').flatMap((line) => {
    const [, command] = /^\s*(?:@\w+|(?:[\d*,/a-zA-Z-]+\s+){4}[\d*,/a-zA-Z-]+)\s+(.*)$/.exec(line) ?? []
    return command === undefined ? [] : [text(command)]
  })
}

function git(call: Call): readonly Inner[] {
  const texts = call.args.map((arg) => arg.text)
  const aliases = texts.flatMap((word) => /^alias\.[\w-]+=!(.*)$/s.exec(word)?.[1] ?? [])
  const [at, foreach] = [texts.indexOf('submodule'), texts.indexOf('foreach')]
  const each =
    at >= 0 && foreach > at
      ? texts
          .slice(foreach + 1)
          .filter((word) => !word.startsWith('-'))
          .join(' ')
      : null
  const exec = texts.flatMap((word, index) =>
    word === '--exec' || word === '-x' ? (texts[index + 1] ?? []) : (/^--exec=(.*)$/s.exec(word)?.[1] ?? []),
  )
  const rebases = texts.includes('rebase') ? exec : []
  return [...aliases, ...(each === null ? [] : [each]), ...rebases].map((value) => text(value))
}

const tar = (call: Call): readonly Inner[] =>
  call.args.flatMap((arg, index) => {
    const [, inline] =
      /^--(?:checkpoint-action=exec|to-command|use-compress-program|info-script|new-volume-script|rmt-command)=(.*)$/s.exec(
        arg.text,
      ) ?? []
    if (inline !== undefined) return [text(inline)]
    const next = call.args[index + 1]?.text
    return arg.text === '--checkpoint-action' && next?.startsWith('exec=') ? [text(next.slice(5))] : []
  })

const opensTerminal =
  /^(new(-session|-window)?|neww|new-w|split-window|splitw|respawn-(pane|window)|run(-shell)?|if(-shell)?|send(-keys)?|popup|display-popup|pipe-pane|pipep)$/

function terminal(call: Call): readonly Inner[] {
  if (call.name === 'screen') {
    const { rest, flags } = readOptions(call.args, { short: 'cehpSstTX' }, 'until_first_word')
    const stuffed = call.args.findIndex((arg) => arg.text === 'stuff')
    if (stuffed >= 0) return call.args.slice(stuffed + 1).map((arg) => text(arg.text.replaceAll(/\\n|\^M|\r/g, '\n')))
    return rest.length === 0 || flags.has('r') ? [] : [{ kind: 'words', words: rest }]
  }
  const verb = call.args.findIndex((arg) => opensTerminal.test(arg.text))
  if (verb < 0) return []
  const { rest } = readOptions(call.args.slice(verb + 1), { short: 'cefFnstxywhTEl' }, 'until_first_word')
  const keys = /^(C-[a-z]|Enter|C-m|Space|Escape)$/
  return rest.length === 0 ? [] : [text(rest.map((arg) => (keys.test(arg.text) ? '\n' : arg.text)).join(' '))]
}

const editor = (call: Call): readonly Inner[] =>
  call.args.flatMap((arg) => {
    const [, command] = /^\+?:?(?:silent )?!(.*)$/s.exec(arg.text) ?? []
    return command === undefined ? [] : [text(command)]
  })

function fleet(call: Call): readonly Inner[] {
  const remote = { shell: 'remote' as const, place: 'elsewhere' as const }
  if (call.name === 'ansible') {
    const { values } = readOptions(call.args, {
      short: 'maibuBPftlMe',
      long: ['args', 'module-name', 'inventory', 'user'],
    })
    const module = (values.get('m') ?? values.get('module-name'))?.[0]?.text ?? 'command'
    if (!/(^|\.)(shell|command|raw|script)$/.test(module)) return []
    return (values.get('a') ?? values.get('args') ?? []).map((value) => text(value.text, remote))
  }
  if (call.name === 'salt') {
    const at = call.args.findIndex((arg) => /^cmd\./.test(arg.text))
    return at < 0 ? [] : call.args.slice(at + 1, at + 2).map((arg) => text(arg.text, remote))
  }
  const { rest } = readOptions(call.args, { short: 'wxgltuhHfoepSRcbM' }, 'until_first_word')
  return rest.length === 0 ? [] : [text(rest.map((arg) => arg.text).join(' '), remote)]
}

function interpreter(call: Call): readonly Inner[] {
  const name = interpreterName(call.name)
  const options = readOptions(
    call.args,
    {
      short: `${(interpreters[name] ?? []).filter((flag) => flag.length === 1).join('')}${name === 'awk' || name.endsWith('awk') ? 'fvF' : 'IWXMmr'}`,
      long: ['eval', 'print', 'file', 'assign'],
    },
    'until_first_word',
  )
  const isAwk = name.endsWith('awk')
  const inline = isAwk
    ? options.flags.has('f') || options.flags.has('file')
      ? []
      : options.rest.slice(0, 1)
    : (interpreters[name] ?? []).flatMap((flag) => options.values.get(flag) ?? [])
  if (inline.length > 0) return inline.flatMap((code) => readInline(code.text, name))
  if (isAwk || options.flags.has('m') || /^(--version|-V|-v)$/.test(call.args[0]?.text ?? '')) return []
  const file = options.rest[0]
  if (file !== undefined && file.text !== '-')
    return /^\/dev\/(fd|stdin)/.test(file.text) && file.content !== undefined
      ? [{ kind: 'unclear', because: `${call.name} would run the output of: ${file.outputOf ?? ''}` }]
      : []
  if (call.stdin === null) return []
  const known = call.stdin.read()
  return known === null
    ? [{ kind: 'unclear', because: `${baseName(call.program.text)} would run the output of: ${call.stdin.from}` }]
    : readInline(known, name)
}
