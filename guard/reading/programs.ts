import { baseName, type Call } from './call.ts'
import { jobsIn } from './files.ts'
import { text, type Inner } from './inner.ts'
import { readInline } from './inline.ts'
import { readOptions } from './options.ts'
import { interpreterName, interpreters } from './languages.ts'

export function crontab(call: Call): readonly Inner[] {
  const known =
    call.args.some((arg) => arg.text === '-') || call.args.length === 0 ? (call.stdin?.read() ?? null) : null
  if (known === null) return []
  return jobsIn(known, false).map((command) => text(command))
}

/** Options of tar that hold a command. */
const packs =
  /^--(?:checkpoint-action=exec|to-command|use-compress-program|info-script|new-volume-script|rmt-command|rsh-command)(?:=(.*))?$/s

export const tar = (call: Call): readonly Inner[] =>
  call.args.flatMap((arg, index) => {
    const next = call.args[index + 1]?.text
    if (arg.text === '--checkpoint-action') return next?.startsWith('exec=') === true ? [text(next.slice(5))] : []
    const match = packs.exec(arg.text)
    const command =
      match === null ? (/^-[a-zA-Z]*[IF]$/.test(arg.text) ? next : /^-I(.+)$/.exec(arg.text)?.[1]) : (match[1] ?? next)
    return command === undefined ? [] : [text(command)]
  })

const opensTerminal =
  /^(new(-session|-window)?|neww|new-w|split-window|splitw|respawn-(pane|window)|run(-shell)?|if(-shell)?|send(-keys)?|popup|display-popup|pipe-pane|pipep)$/

export function terminal(call: Call): readonly Inner[] {
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

/** `-c ':!COMMAND'`, a line of its input, `call system("COMMAND")`. */
export const editor = (call: Call): readonly Inner[] =>
  [...call.args.map((arg) => arg.text), ...(call.stdin?.read()?.split('\n') ?? [])].flatMap((words) => {
    const [, command] = /^\+?:?(?:silent!? )?[\d,$.%]*[rw]?\s*!(.*)$/s.exec(words) ?? []
    const [, language, code] = /^\+?:?(py3?(?:thon3?)?|ruby|lua|perl)\s+(.+)$/s.exec(words) ?? []
    if (code !== undefined) return readInline(code, language?.startsWith('py') === true ? 'python' : (language ?? ''))
    const called = [...words.matchAll(/\bsystem(?:list)?\(\s*(["'])((?:(?!\1).){0,400})\1/g)].map(([, , told = '']) =>
      text(told),
    )
    return command === undefined ? called : [text(command), ...called]
  })

const saltFunctions = /^(cmd|service|pkg|user|file|lvm|zfs|zpool)\.(\w+)$/

/** What functions of salt do, as the command that would do the same. */
const asSaltCommand: Readonly<Record<string, readonly string[]>> = {
  'service.stop': ['systemctl', 'stop'],
  'service.disable': ['systemctl', 'disable'],
  'service.mask': ['systemctl', 'mask'],
  'pkg.remove': ['apt-get', 'remove'],
  'pkg.purge': ['apt-get', 'purge'],
  'user.delete': ['userdel'],
  'file.remove': ['rm', '-rf'],
  'lvm.lvremove': ['lvremove'],
  'lvm.vgremove': ['vgremove'],
  'zfs.destroy': ['zfs', 'destroy'],
  'zpool.destroy': ['zpool', 'destroy'],
}

/** `name=sshd state=stopped`. */
const settingsIn = (given: string): ReadonlyMap<string, string> =>
  new Map(
    [...given.matchAll(/(\w+)=("[^"]*"|'[^']*'|\S+)/g)].map(([, key = '', value = '']) => [
      key,
      value.replaceAll(/["']/g, ''),
    ]),
  )

type Settings = ReadonlyMap<string, string>
const nameIn = (settings: Settings): string => settings.get('name') ?? settings.get('pkg') ?? ''
const absent = (settings: Settings): boolean => /^(absent|removed)$/.test(settings.get('state') ?? '')

const service = (settings: Settings): readonly string[] | null =>
  settings.get('state') === 'stopped'
    ? ['systemctl', 'stop', nameIn(settings)]
    : /^(no|false)$/i.test(settings.get('enabled') ?? '')
      ? ['systemctl', 'disable', nameIn(settings)]
      : null
const packages = (settings: Settings): readonly string[] | null =>
  absent(settings) ? ['apt-get', 'remove', ...nameIn(settings).split(',')] : null
const database = (settings: Settings): readonly string[] | null =>
  absent(settings) ? ['dropdb', nameIn(settings)] : null

/** What modules of ansible do, as the command that would do the same. */
const asCommand: Readonly<Record<string, (settings: Settings) => readonly string[] | null>> = {
  file: (settings) => {
    const path = settings.get('path') ?? settings.get('dest') ?? settings.get('name')
    return absent(settings) && path !== undefined ? ['rm', '-rf', path] : null
  },
  service,
  systemd: service,
  systemd_service: service,
  sysvinit: service,
  apt: packages,
  yum: packages,
  dnf: packages,
  package: packages,
  user: (settings) => (absent(settings) ? ['userdel', nameIn(settings)] : null),
  mysql_db: database,
  postgresql_db: database,
  mongodb_user: (settings) => (absent(settings) ? ['dropuser', nameIn(settings)] : null),
  docker_volume: (settings) => (absent(settings) ? ['docker', 'volume', 'rm', nameIn(settings)] : null),
  docker_prune: () => ['docker', 'system', 'prune'],
  lvol: (settings) => (absent(settings) ? ['lvremove', settings.get('lv') ?? ''] : null),
  lvg: (settings) => (absent(settings) ? ['vgremove', settings.get('vg') ?? ''] : null),
  filesystem: (settings) => ['mkfs', settings.get('dev') ?? ''],
  parted: (settings) => (absent(settings) ? ['parted', settings.get('device') ?? '', 'rm'] : null),
  zfs: (settings) => (absent(settings) ? ['zfs', 'destroy', nameIn(settings)] : null),
  iptables: (settings) => (/^(yes|true)$/i.test(settings.get('flush') ?? '') ? ['iptables', '-F'] : null),
}

export function fleet(call: Call): readonly Inner[] {
  const remote = { shell: 'remote' as const, place: 'elsewhere' as const }
  if (call.name === 'ansible') {
    if (call.args.some(({ text: word }) => /^(--check|-C|--syntax-check|--list-hosts)$/.test(word))) return []
    const { values } = readOptions(call.args, {
      short: 'maiuBPftlMe',
      long: ['args', 'module-name', 'inventory', 'user'],
    })
    const module = (values.get('m') ?? values.get('module-name'))?.[0]?.text ?? 'command'
    const own = asCommand[module.slice(module.lastIndexOf('.') + 1)]
    if (own !== undefined)
      return (values.get('a') ?? values.get('args') ?? []).flatMap((value) => {
        const words = own(settingsIn(value.text))
        return words === null
          ? []
          : [{ kind: 'words' as const, words: words.map((word) => ({ text: word })), place: 'elsewhere' as const }]
      })
    if (!/(^|\.)(shell|command|raw|script)$/.test(module)) return []
    return (values.get('a') ?? values.get('args') ?? []).map((value) => text(value.text, remote))
  }
  if (call.name === 'salt') {
    const at = call.args.findIndex((arg) => saltFunctions.test(arg.text))
    const [, module = '', verb = ''] = saltFunctions.exec(call.args[at]?.text ?? '') ?? []
    const [first, ...rest] = call.args.slice(at + 1)
    if (first === undefined) return []
    if (module === 'cmd') return [text(first.text, remote)]
    const words = asSaltCommand[`${module}.${verb}`]
    return words === undefined
      ? []
      : [{ kind: 'words', words: [...words.map((word) => ({ text: word })), first, ...rest], place: 'elsewhere' }]
  }
  const { rest } = readOptions(call.args, { short: 'wxgltuhHfoepSRcM' }, 'until_first_word')
  return rest.length === 0 ? [] : [text(rest.map((arg) => arg.text).join(' '), remote)]
}

/** Scripts that are programs known by their names. */
const ownTools = /^(\S*\/)?(occ|drush|wp|magento)$/

export function interpreter(call: Call): readonly Inner[] {
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
  // deno eval CODE
  const evaluated = name === 'deno' && options.rest[0]?.text === 'eval' ? options.rest.slice(1, 2) : []
  if (evaluated.length > 0) return evaluated.flatMap((code) => readInline(code.text, name))
  const inline = isAwk
    ? options.flags.has('f') || options.flags.has('file')
      ? []
      : options.rest.slice(0, 1)
    : (interpreters[name] ?? []).flatMap((flag) => options.values.get(flag) ?? [])
  if (inline.length > 0) return inline.flatMap((code) => readInline(code.text, name))
  if (isAwk || options.flags.has('m') || /^(--version|-V|-v)$/.test(call.args[0]?.text ?? '')) return []
  const tool = name === 'php' ? options.rest.findIndex(({ text: word }) => ownTools.test(word)) : -1
  if (tool >= 0 && tool < 3) return [{ kind: 'words', words: options.rest.slice(tool) }]
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

/** Directories whose scripts are the system's own. */
const ownScripts = /^\/(etc|usr|lib)\//

/** `run-parts DIR` runs every script in it. */
export function runParts(call: Call): readonly Inner[] {
  const { rest, flags } = readOptions(call.args, { short: 'au', long: ['arg', 'umask', 'regex'] })
  if (['test', 'list', 'help', 'version'].some((flag) => flags.has(flag))) return []
  return rest.every((arg) => ownScripts.test(arg.text))
    ? []
    : [{ kind: 'unclear', because: 'It runs every script that a directory holds.' }]
}

/** `start-stop-daemon --start --exec PROGRAM -- WORDS`. */
export function daemon(call: Call): readonly Inner[] {
  const { rest, flags, values } = readOptions(call.args, {
    short: 'xapnucrdNPIkRsgCOe',
    long: [
      'exec',
      'startas',
      'pidfile',
      'name',
      'user',
      'chuid',
      'group',
      'chdir',
      'chroot',
      'nicelevel',
      'signal',
      'retry',
      'output',
      'umask',
      'env',
    ],
  })
  if (flags.has('K') || flags.has('stop') || flags.has('T') || flags.has('status')) return []
  return ['startas', 'a', 'exec', 'x'].flatMap((name) =>
    (values.get(name) ?? []).map((program) => ({ kind: 'words' as const, words: [program, ...rest] })),
  )
}
