import { basename, dirname } from 'node:path/posix'
import type { Command } from '../schema/command.ts'
import { temporaryBeside } from './backup.ts'
import { hasAttributes, replaceFile } from './file.ts'
import { and, command, lines, refuse, sh, strict, when, type Script } from './shell.ts'
import { fetchFile, withoutKeys } from './web-file.ts'

/** What is to be at a place in the end. */
export type WantedFile = {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  readonly mode: string
  readonly owner: string
  readonly group: string
}

/** A file that is being sent: bytes on their way go nowhere else. */
export type Part = { readonly path: string; readonly folder: 'beside' | 'staging' }

/** A slow disk reads 20 MB a second. */
const timeFor = (bytes: number): number => 60_000 + Math.ceil(bytes / 20_000)

const sized = (bytes: number) => ({ category: 'files', timeoutMs: timeFor(bytes) }) as const

/** Where bytes for a file lie until they are all there: beside it, so that putting it in place is one rename. */
export const partBeside = (path: string, operationId: string): Part => ({
  path: `${dirname(path) === '/' ? '' : dirname(path)}/.${basename(path).slice(0, 150)}.drydock-${operationId}`,
  folder: 'beside',
})

/** Where they lie for a log-in that may not write there: in its own home, until root takes them over. */
export const partInStaging = (home: string, operationId: string): Part => ({
  path: `${home}/.local/state/drydock/transfers/${operationId}`,
  folder: 'staging',
})

/** Asks what is at a place: its real folder, the room there, what is there already, and its content where its size fits. */
export const lookAtPlace = (path: string, o: { readonly bytes?: number } = {}): Command =>
  command({
    script: lines(
      sh`d=$(readlink -e -- ${dirname(path)}) || d=`,
      sh`printf 'user %s\ngroup %s\nfolder %s\n' "$(id -un)" "$(id -gn)" "$d"`,
      sh`[ -n "$d" ] && [ -d "$d" ] || exit 0`,
      sh`f=$d/${basename(path)}`,
      sh`if [ -w "$d" ]; then echo 'writable yes'; fi`,
      sh`printf 'free %s\n' "$(($(stat -f -c '%a * %S' -- "$d")))"`,
      sh`if [ -L "$f" ]; then echo 'kind link'; elif [ -f "$f" ]; then echo 'kind file'; elif [ -e "$f" ]; then echo 'kind other'; else echo 'kind none'; fi`,
      sh`[ -f "$f" ] && [ ! -L "$f" ] || exit 0`,
      sh`stat -c 'stat %s %a %U %G' -- "$f"`,
      ...(o.bytes === undefined ? [] : [sh`if [ "$(stat -c %s -- "$f")" = ${o.bytes} ]; then sha256sum < "$f"; fi`]),
    ),
    shown: `look at ${path}`,
    effect: 'read',
    ...sized(o.bytes ?? 0),
  })

export type Place = {
  readonly user: string
  readonly group: string
  /** Without links; null where there is no such folder. */
  readonly folder: string | null
  readonly isWritable: boolean
  readonly freeBytes: number
  readonly kind: 'file' | 'link' | 'other' | 'none'
  readonly file: {
    readonly bytes: number
    readonly mode: string
    readonly owner: string
    readonly group: string
    readonly sha256: string | null
  } | null
}

export function parsePlace(stdout: string): Place {
  const said = new Map(
    stdout.split('\n').map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)]),
  )
  const [bytes, mode = '', owner = '', group = ''] = (said.get('stat') ?? '').split(' ')
  const kind = said.get('kind') ?? 'none'
  const folder = said.get('folder') ?? ''
  return {
    user: said.get('user') ?? '',
    group: said.get('group') ?? '',
    folder: folder === '' ? null : folder,
    isWritable: said.get('writable') === 'yes',
    freeBytes: Number(said.get('free') ?? 0),
    kind: kind === 'file' || kind === 'link' || kind === 'none' ? kind : 'other',
    file: said.has('stat')
      ? { bytes: Number(bytes), mode, owner, group, sha256: /^([0-9a-f]{64}) {2}-$/m.exec(stdout)?.[1] ?? null }
      : null,
  }
}

/** Asks where a log-in may keep what is on its way, and how much room is there. */
export const lookAtStaging = (): Command =>
  command({
    script: lines(sh`h=$(cd && pwd -P) || exit 1`, sh`printf '%s\n%s\n' "$h" "$(($(stat -f -c '%a * %S' -- "$h")))"`),
    shown: 'look where bytes on their way may lie',
    effect: 'read',
    category: 'files',
  })

export function parseStaging(stdout: string): { home: string; freeBytes: number } | null {
  const [home = '', free = ''] = stdout.split('\n')
  return /^\/[A-Za-z0-9._@%+/-]*$/.test(home) ? { home: home === '/' ? '' : home, freeBytes: Number(free) } : null
}

/** Makes the empty file that bytes go into, for its owner alone; refuses before that where there is too little room. */
export const makePart = (part: Part, bytes: number): Command => {
  const folder = dirname(part.path)
  return command({
    script: strict(
      ...(part.folder === 'staging' ? [sh`mkdir -p -- ${folder}`] : []),
      when(
        sh`[ "$(($(stat -f -c '%a * %S' -- ${folder}) / 1024))" -lt ${Math.ceil(bytes / 1024)} ]`,
        refuse(`${folder}: no space left on device for ${bytes} bytes`),
      ),
      sh`rm -f -- ${part.path}`,
      // Opened exclusively: nobody's link is written through.
      sh`set -C`,
      sh`: > ${part.path}`,
    ),
    shown: `make ${part.path}`,
    effect: 'change',
    category: 'files',
  })
}

/** Writes what it reads into a part, from an offset on: what the bytes do there, and how they go where there is no SFTP. */
export const fillPart = (part: Part, offset: number): Command =>
  command({
    script: sh`exec dd of=${part.path} bs=262144 iflag=fullblock oflag=seek_bytes seek=${offset} conv=notrunc status=none`,
    shown: `write to ${part.path} from byte ${offset}`,
    effect: 'change',
    category: 'files',
  })

/** Where the hash of a part lies that was taken while it grew. */
const sumOf = (part: Part): string => `${part.path}.sum`

/** What a hash is of: another file, or one that was written to since, is not that any more. */
const identityOf = (path: string): Script => sh`$(stat -c '%i %s %z' -- ${path})`

/**
 * Hashes a part while it grows: told again and again how many bytes more are there, it reads them. Told 0 and one more
 * line it keeps the hash beside the part; one that nobody tells so has been left, and keeps nothing. The whole is then
 * not read a second time before it is put in place.
 */
export const hashAlong = (part: Part): Command =>
  command({
    script: strict(
      sh`exec 3< ${part.path}`,
      // 500 MB took 3.6 s of a processor by sha256sum, and 1.3 s by openssl, which knows its vector instructions.
      sh`hash() { if command -v openssl > /dev/null; then openssl dgst -sha256 -r; else sha256sum; fi; }`,
      sh`s=$(while read -r n && [ "$n" != 0 ]; do head -c "$n" <&3; done | hash | cut -d ' ' -f 1)`,
      sh`read -r keep && [ -f ${part.path} ] || exit 0`,
      sh`printf '%s %s\n' "$s" "${identityOf(part.path)}" > ${sumOf(part)}`,
    ),
    shown: `hash ${part.path} while it grows`,
    effect: 'change',
    category: 'files',
    timeoutMs: 86_400_000,
  })

/** Has the server itself fetch the bytes of a part. Their hash is kept beside it, as of bytes that were sent. */
export const fetchPart = (part: Part, { bytes, sha256 }: Pick<WantedFile, 'bytes' | 'sha256'>, url: string): Command =>
  command({
    script: strict(
      fetchFile({ url, protocols: 'https' }, part.path, bytes),
      sh`s=$(sha256sum < ${part.path} | cut -d ' ' -f 1)`,
      when(sh`[ "$s" != ${sha256} ]`, refuse(`What ${new URL(url).host} sent has another SHA-256 than was asked for.`)),
      ...(part.folder === 'beside' ? [sh`printf '%s %s\n' "$s" "${identityOf(part.path)}" > ${sumOf(part)}`] : []),
    ),
    shown: `fetch ${withoutKeys(url)}`,
    effect: 'change',
    category: 'files',
    timeoutMs: 86_400_000,
  })

/** Prints a file from an offset on. */
export const readFrom = (path: string, offset: number): Command =>
  command({
    script: sh`exec tail -c ${`+${offset + 1}`} -- ${path}`,
    shown: `read ${path} from byte ${offset}`,
    effect: 'read',
    category: 'files',
    timeoutMs: 86_400_000,
  })

/** Asks what the first bytes of a file are; nothing where it has fewer, or is no file of our own. */
export const hashPrefix = (path: string, bytes: number): Command =>
  command({
    script: lines(
      sh`[ -f ${path} ] && [ ! -L ${path} ] || exit 0`,
      sh`[ "$(stat -c %s -- ${path})" -ge ${bytes} ] || exit 0`,
      sh`head -c ${bytes} -- ${path} | sha256sum`,
    ),
    shown: `hash the first ${bytes} bytes of ${path}`,
    effect: 'read',
    ...sized(bytes),
  })

export const parseHash = (stdout: string): string | null => /^([0-9a-f]{64}) {2}-$/m.exec(stdout)?.[1] ?? null

/** Puts a whole part in the place of a file: its content is what was to be sent, or nothing happens. */
export const installPart = (part: Part, file: WantedFile): Command => {
  const beside = part.folder === 'beside'
  const fresh = temporaryBeside(file.path)
  const fill = beside
    ? { script: sh`mv -T -- ${part.path} ${fresh}`, bytes: 0 }
    : { script: sh`cat < ${part.path} > ${fresh}`, bytes: file.bytes }
  const isSame = mustBe(fresh, file.sha256)
  return command({
    script: strict(
      when(
        sh`[ "$(readlink -e -- ${dirname(file.path)})" != ${dirname(file.path)} ]`,
        refuse(`${dirname(file.path)} has become a symbolic link`),
      ),
      // A part that waits elsewhere is hashed as the copy that nobody but root can change.
      ...(beside ? [sh`known=`, when(isHashed(part, file.sha256), sh`known=yes`), sh`rm -f -- ${sumOf(part)}`] : []),
      replaceFile(file, fill, beside ? when(sh`[ -z "$known" ]`, isSame) : isSame),
      ...(beside ? [] : [sh`rm -f -- ${part.path}`]),
    ),
    shown: `put ${file.path} in place (${file.bytes} bytes, ${file.mode} ${file.owner}:${file.group}, sha256 ${file.sha256.slice(0, 12)})`,
    effect: 'change',
    ...sized(file.bytes * 2),
  })
}

/** Whether a part was hashed while it grew, came to this, and was not written to since. */
const isHashed = (part: Part, sha256: string): Script =>
  sh`[ "$(cat -- ${sumOf(part)} 2>/dev/null || :)" = ${sha256}" ${identityOf(part.path)}" ]`

const hasContent = (path: string, sha256: string): Script => sh`[ "$(sha256sum < ${path})" = ${`${sha256}  -`} ]`

const mustBe = (path: string, sha256: string): Script =>
  when(sh`! ${hasContent(path, sha256)}`, refuse('what arrived is not what was sent: its SHA-256 is another'))

/** What putting a file in place comes to, in the words that the guard rates. */
export const writeOver = (path: string): Command =>
  command({ script: sh`cat > ${path}`, effect: 'change', category: 'files' })

/** Exit 0 when a file has this size, mode and owner; its content was looked at just before it was put there. */
export const isInPlace = (file: WantedFile): Command =>
  command({
    script: and(hasAttributes(file), sh`[ "$(stat -c %s -- ${file.path})" = ${file.bytes} ]`),
    shown: `look at ${file.path}`,
    effect: 'read',
    category: 'files',
  })

/** Takes away what was on its way. */
export const removePart = (part: Part, path: string): Command =>
  command({
    script: sh`rm -f -- ${[part.path, ...(part.folder === 'beside' ? [sumOf(part), temporaryBeside(path)] : [])]}`,
    shown: `remove ${part.path}`,
    effect: 'change',
    category: 'files',
  })
