import type { Call } from '../reading/call.ts'
import { isGlob, readable } from '../reading/marks.ts'
import { hasAny, readOptions } from '../reading/options.ts'
import { resolvePath } from '../reading/paths.ts'
import { pathOn, shapes } from './sent.ts'

/** Directories whose whole content nothing else may lie over: the system's, everybody's homes, what databases keep. */
const whole =
  /^\/(?:etc|boot|usr|lib(?:32|64)?|s?bin|var|root|home|var\/lib|var\/lib\/(?:mysql|mariadb|postgresql|pgsql|mongodb?|redis|ldap|etcd|docker|libvirt|dpkg|rpm)|etc\/(?:ssh|pam\.d|ssl|pki|pve|systemd|passwd|g?shadow|group|sudoers(?:\.d)?|netplan|network|cron\.d))?$/

type Way = (call: Call) => readonly string[]

const ways: Readonly<Record<string, Way>> = {
  patch: patchedIn,
  cp: copiedOver,
  rsync: syncedOver,
  scp: syncedOver,
  unzip: unzippedOver,
  tar: unpackedOver,
  bsdtar: unpackedOver,
  gtar: unpackedOver,
  '7z': byArchiver,
  '7za': byArchiver,
  '7zr': byArchiver,
  '7zz': byArchiver,
  unrar: byArchiver,
  cpio: byCpio,
  pax: (call) => (hasAny(readOptions(call.args), 'r') ? onto(call, call.cwds.slice(0, 1)) : []),
  unsquashfs: (call) => {
    const { values, flags } = readOptions(call.args, { short: 'dp', long: ['dest'] })
    return flags.has('f') || flags.has('force')
      ? (values.get('d') ?? values.get('dest') ?? []).map(({ text }) => text)
      : []
  },
  restic: (call) =>
    call.args.some(({ text }) => text === 'restore') ? behindOption(call, /^(-t|--target)$/, /^--target=(.+)$/) : [],
  borg: (call) => (call.args.some(({ text }) => text === 'extract') && !dry(call) ? call.cwds.slice(0, 1) : []),
  kopia: (call) => (call.args[0]?.text === 'restore' ? lastOf(call) : []),
  'rdiff-backup': (call) =>
    call.args.some(({ text }) => /^(-r|restore|--restore-as-of)$/.test(text)) ? lastOf(call) : [],
  duplicity: (call) => (call.args[0]?.text === 'restore' ? lastOf(call) : []),
}

/** Programs that can lay one tree over another. */
export const overlayers: ReadonlySet<string> = new Set(Object.keys(ways))

/** The system's directories over which a call lays another tree: what was there is written over. */
export function overlaid(call: Call): readonly string[] {
  const targets = ways[call.name]?.(call) ?? []
  return targets.map((target) => resolvePath(target, call.cwds[0] ?? '')).filter((path) => whole.test(path))
}

/** How it is told. */
export const overlaidBecause = (targets: readonly string[]): string =>
  `It lays another tree over ${targets.map(readable).join(', ')}: what was there is written over.`

/** `cp -a etc/. /etc`, `cp -a old/etc /`; a directory that lies nowhere yet is only put beside. */
function copiedOver(call: Call): readonly string[] {
  const options = readOptions(call.args, { short: 'tS', long: ['target-directory', 'suffix'] })
  const inDirectory = options.values.get('t') ?? options.values.get('target-directory')
  const [target = options.rest.at(-1)] = inDirectory ?? []
  const sources = inDirectory === undefined ? options.rest.slice(0, -1) : options.rest
  return target !== undefined &&
    hasAny(options, 'r', 'R', 'a', 'recursive', 'archive') &&
    !hasAny(options, 'n', 'no-clobber', 'u', 'update', 'b', 'backup')
    ? sources.flatMap(({ text }) => landing(text, target.text, /(^|\/)\.$/))
    : []
}

/** `rsync -a etc/ /etc`: the slash at the end means what is in it. */
function syncedOver(call: Call): readonly string[] {
  const options = readOptions(call.args, call.name === 'scp' ? shapes.scp : shapes.rsync)
  const target = options.rest.at(-1)
  return target !== undefined &&
    (call.name === 'rsync' || hasAny(options, 'r')) &&
    !hasAny(options, 'n', 'dry-run', 'u', 'update', 'ignore-existing', 'b', 'backup')
    ? options.rest
        .slice(0, -1)
        .flatMap(({ text }) => landing(text, pathOn(target).arg.text, call.name === 'scp' ? /\/\.$/ : /\/$/))
    : []
}

/** Where what is in a source comes to lie: in the target, or in the directory of its own name there. */
function landing(source: string, target: string, contents: RegExp): readonly string[] {
  const name = source
    .replace(/^[^/]*:/, '')
    .replace(/\/+$/, '')
    .replace(/^.*\//, '')
  if (contents.test(source) || isGlob(name))
    return target === '/' && !isGlob(name) && !ofSystem.test(source) ? [] : [target]
  return name === '' ? [] : [`${target.replace(/\/+$/, '')}/${name}`]
}

/** `patch -d /etc`: which files it changes, only the patch tells. */
function patchedIn(call: Call): readonly string[] {
  const options = readOptions(call.args, { short: 'pidorBDFgVYz', long: ['directory', 'input', 'strip'] })
  if (options.rest.length > 0 || hasAny(options, 'dry-run', 'C', 'check')) return []
  return [...(options.values.get('d') ?? []), ...(options.values.get('directory') ?? [])].map(({ text }) => text)
}

/** `unzip -o etc.zip -d /etc`; without being told, unzip asks before each file. */
function unzippedOver(call: Call): readonly string[] {
  const options = readOptions(call.args, { short: 'dxP' })
  return hasAny(options, 'o') && options.rest.length === 1
    ? onto(
        call,
        (options.values.get('d') ?? []).map(({ text }) => text),
      )
    : []
}

/** `7z x -aoa etc.7z -o/etc`, `unrar x -o+ etc.rar /etc/`. */
function byArchiver(call: Call): readonly string[] {
  const texts = call.args.map(({ text }) => text)
  if (!/^[xe]$/.test(texts[0] ?? '') || !texts.some((text) => /^-(y|ao[at]|o\+)$/.test(text))) return []
  const told = texts.flatMap((text) => /^-o(\/.*)$/.exec(text)?.[1] ?? [])
  const last = call.name === 'unrar' ? texts.slice(2).filter((text) => text.endsWith('/')) : []
  return onto(call, told.length > 0 ? told : last.length > 0 ? last : call.cwds.slice(0, 1))
}

/** `cpio -idmu -D / < old-root.cpio`; without -u a newer file stays. */
function byCpio(call: Call): readonly string[] {
  const { flags, values } = readOptions(call.args, { short: 'DEFHIO', long: ['directory', 'file', 'format'] })
  if (!['i', 'extract', 'p', 'pass-through'].some((flag) => flags.has(flag)) || flags.has('t')) return []
  const [directory] = values.get('D') ?? values.get('directory') ?? []
  return onto(call, directory === undefined ? call.cwds.slice(0, 1) : [directory.text], flags.has('u'))
}

function unpackedOver(call: Call): readonly string[] {
  const texts = call.args.map(({ text }) => text)
  const [bundle = ''] = texts
  const extracts = /^-?[A-Za-z]*x/.test(bundle) || texts.some((text) => /^(-\w*x\w*|--extract|--get)$/.test(text))
  if (
    !extracts ||
    texts.some((text) => /^(-k|--keep-\w+-files|--skip-old-files|--no-overwrite-dir|-O|--to-stdout)$/.test(text))
  )
    return []
  // `tar xf etc.tar etc/hosts` takes out what it names.
  const { rest } = readOptions(call.args, {
    short: 'fCXTI',
    long: ['file', 'directory', 'exclude', 'strip-components'],
  })
  const old = /^[A-Za-z]+$/.test(bundle)
  const members = rest.slice(old ? (bundle.match(/[fC]/g)?.length ?? 0) + 1 : 0)
  const forced = texts.some((text) => /^(-\w*U\w*|--overwrite|--unlink-first|--recursive-unlink)$/.test(text))
  const told = texts.flatMap((text, index) =>
    /^(-\w*C|--directory)$/.test(text) ? (texts[index + 1] ?? []) : (/^(?:--directory=|-C)(.+)$/.exec(text)?.[1] ?? []),
  )
  const targets = old && bundle.startsWith('C') ? texts.slice(1, 2) : told.length > 0 ? told : call.cwds.slice(0, 1)
  return members.length === 0
    ? onto(call, targets, forced)
    : targets.flatMap((target) => members.map(({ text }) => `${target.replace(/\/+$/, '')}/${text}`))
}

/** What an archive of a whole system, or of what somebody kept, is called; and the system's own directories. */
const ofSystem =
  /(^|[-_./: ])(root-?fs|root|full|system|sys|host(name)?|server|machine|image|bare-?metal|etc|var|usr|boot|home|backup|bak|bkp|old|restore|dump|snapshot|snap|rescue|all|everything|prod(uction)?|vm|20\d\d)([-_./ \d]|$)/i

/** Packages are unpacked over `/` every day; another system, or one that makes room for itself by force, is not one. */
function onto(call: Call, targets: readonly string[], forced = false): readonly string[] {
  const names = [
    ...call.args.flatMap(({ text, outputOf }) => (text.startsWith('-') || text === '/' ? [] : [outputOf ?? text])),
    ...call.redirects.map(({ target }) => target.text),
    /\b(curl|wget)\b/.test(call.stdin?.from ?? '') ? '' : (call.stdin?.from ?? ''),
  ]
  return targets.filter(
    (target) => target !== '/' || forced || names.some((name) => ofSystem.test(name.replace(/^.*\/(?=[^/ ]+$)/, ''))),
  )
}

const dry = (call: Call): boolean => call.args.some(({ text }) => /^(-n|--dry-run|--list|--stdout)$/.test(text))
const lastOf = (call: Call): readonly string[] =>
  readOptions(call.args)
    .rest.slice(-1)
    .map(({ text }) => text)

const behindOption = (call: Call, option: RegExp, inline: RegExp): readonly string[] =>
  call.args.flatMap(({ text }, index) =>
    option.test(text) ? (call.args[index + 1]?.text ?? []) : (inline.exec(text)?.[1] ?? []),
  )
