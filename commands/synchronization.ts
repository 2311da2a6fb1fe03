import { basename, dirname } from 'node:path/posix'
import type { Command } from '../schema/command.ts'
import { command, lines, refuse, sh, strict, when, type Script } from './shell.ts'
import type { Part } from './transfer.ts'

/** A directory that is brought to a state, and where what comes lies meanwhile: in it, so that every rename stays on its file system. */
export type Tree = { readonly root: string; readonly stage: string }

/** Names of our own, which are neither listed nor sent. */
export const ownName = '.drydock-'

export const treeAt = (root: string, operationId: string): Tree => ({
  root,
  stage: `${root}/${ownName}${operationId}`,
})

/** Where the archive lies for a log-in that may write into the directory. */
export const partInTree = ({ stage }: Tree): Part => ({ path: `${stage}/archive`, folder: 'beside' })

/** A slow disk reads 20 MB a second, and makes 200 files. */
const timeFor = (bytes: number, files: number): number => 60_000 + Math.ceil(bytes / 20_000) + files * 5

const limitMs = 3_600_000

/** More sizes than these are not told one by one. */
const mostSizes = 2_000

/** Lists a directory, and hashes in it what has the size of something that may be sent. */
export const lookAtTree = (path: string, sizes: readonly number[]): Command =>
  command({
    script: lines(
      sh`d=$(readlink -e -- ${dirname(path)}) || d=`,
      sh`[ -n "$d" ] && [ -d "$d" ] || exit 0`,
      sh`r=${{ text: '${d%/}' }}/${basename(path)}`,
      when(sh`[ -d "$r" ]`, sh`r=$(readlink -e -- "$r")`),
      sh`printf 'user %s\0group %s\0path %s\0' "$(id -un)" "$(id -gn)" "$r"`,
      when(
        sh`[ -d "$r" ]`,
        sh`d=$r; printf 'kind directory\0'`,
        sh`if [ -e "$r" ] || [ -L "$r" ]; then printf 'kind other\0'; fi`,
      ),
      sh`printf 'free %s\0' "$(($(stat -f -c '%a * %S' -- "$d")))"`,
      sh`if [ -w "$d" ]; then printf 'writable yes\0'; fi`,
      sh`[ -d "$r" ] || exit 0`,
      sh`printf 'owner %s\0' "$(stat -c '%U:%G' -- "$r")"`,
      sh`cd -P -- "$r" || exit 1`,
      sh`find . -xdev -name ${`${ownName}*`} -prune -o -printf 'entry %y %D %m %s %P\0' || exit 1`,
      ...(sizes.length === 0
        ? []
        : [
            sh`find . -xdev -name ${`${ownName}*`} -prune -o -type f '(' ${ofSizes(sizes)} ')' -print0 | xargs -0r sha256sum -z --`,
          ]),
    ),
    shown: `list ${path}, and hash what may be the same`,
    effect: 'read',
    category: 'files',
    timeoutMs: limitMs,
  })

function ofSizes(sizes: readonly number[]): Script {
  const known = [...new Set(sizes)]
  const tests =
    known.length > mostSizes
      ? [`-size -${Math.max(...known) + 1}c`]
      : known.map((size, index) => `${index === 0 ? '' : '-o '}-size ${size}c`)
  return { text: tests.join(' ') }
}

/** What lies in a directory under a name without `./`. */
export type Present = {
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  readonly device: string
  readonly mode: string
  readonly bytes: number
  /** Null where its size alone says that it is another. */
  readonly sha256: string | null
}

export type TreeFacts = {
  readonly user: string
  readonly group: string
  /** Without links; null where its folder is not there. */
  readonly path: string | null
  readonly kind: 'directory' | 'other' | 'none'
  readonly owner: string | null
  readonly freeBytes: number
  readonly isWritable: boolean
  readonly device: string
  readonly entries: readonly Present[]
}

export function parseTree(stdout: string): TreeFacts {
  const records = stdout.split('\0')
  const said = new Map<string, string>()
  const hashes = new Map<string, string>()
  const listed: Omit<Present, 'sha256'>[] = []
  for (const record of records) {
    const hash = /^([0-9a-f]{64}) {2}\.\/(.*)$/s.exec(record)
    const entry = /^entry (\S) (\d+) (\d+) (\d+) (.*)$/s.exec(record)
    if (hash !== null) hashes.set(hash[2] ?? '', hash[1] ?? '')
    else if (entry !== null)
      listed.push({
        path: entry[5] ?? '',
        kind: kinds.get(entry[1] ?? '') ?? 'other',
        device: entry[2] ?? '',
        mode: entry[3] ?? '',
        bytes: Number(entry[4]),
      })
    else said.set(record.split(' ', 1)[0] ?? '', record.slice(record.indexOf(' ') + 1))
  }
  const kind = said.get('kind') ?? 'none'
  return {
    user: said.get('user') ?? '',
    group: said.get('group') ?? '',
    path: said.get('path') ?? null,
    kind: kind === 'directory' || kind === 'other' ? kind : 'none',
    owner: said.get('owner') ?? null,
    freeBytes: Number(said.get('free') ?? 0),
    isWritable: said.get('writable') === 'yes',
    device: listed.find(({ path }) => path === '')?.device ?? '',
    entries: listed.filter(({ path }) => path !== '').map((one) => ({ ...one, sha256: hashes.get(one.path) ?? null })),
  }
}

const kinds: ReadonlyMap<string, Present['kind']> = new Map([
  ['f', 'file'],
  ['d', 'directory'],
  ['l', 'link'],
])

/** Makes the directory where it is not there, and the place in it that only its owner may look into. */
export const makeStage = ({ root, stage }: Tree): Command =>
  command({
    script: strict(
      when(sh`[ ! -d ${root} ]`, sh`mkdir -m 755 -- ${root}`),
      mustBeReal(root),
      sh`mkdir -m 700 -- ${stage}`,
    ),
    shown: `make ${stage}`,
    effect: 'change',
    category: 'files',
  })

const mustBeReal = (root: string): Script =>
  when(sh`[ "$(readlink -e -- ${root})" != ${root} ]`, refuse(`${root} has become a symbolic link`))

/** An archive that was packed for one directory of one host; `owner` is who everything in it is given to. */
export type Packed = Tree & {
  readonly bytes: number
  readonly sha256: string
  readonly files: number
  readonly owner: string | null
}

/** Unpacks the archive where nobody sees it yet, and compares every file of it with the hash that came with it. */
export function unpackInto(part: Part, packed: Packed): Command {
  const { stage, owner } = packed
  const archive = partInTree(packed).path
  return command({
    script: strict(
      // Copied first: what waits in a home of its own could still be changed there.
      ...(part.folder === 'staging' ? [sh`set -C`, sh`cat < ${part.path} > ${archive}`, sh`set +C`] : []),
      when(
        sh`[ "$(sha256sum < ${archive})" != ${`${packed.sha256}  -`} ]`,
        refuse('what arrived is not what was sent: its SHA-256 is another'),
      ),
      sh`tar -xpf ${archive} -C ${stage} --no-same-owner`,
      sh`rm -f -- ${archive}`,
      sh`cd -- ${`${stage}/new`}`,
      sh`[ ! -s ../sums ] || sha256sum -c --quiet --strict ../sums`,
      ...(owner === null ? [] : [sh`chown -R -h -- ${owner} .`]),
      sh`sync -f .`,
    ),
    shown: `unpack ${packed.files} files beside (sha256 ${packed.sha256.slice(0, 12)})`,
    effect: 'change',
    category: 'files',
    timeoutMs: timeFor(packed.bytes, packed.files),
  })
}

/**
 * Renames what was unpacked into its place: a new directory whole, else file by file. What is written over or deleted keeps
 * a second name in the stage, for the way back. The shell stands in each directory before anything is renamed there, so
 * that a link that comes in between leads nowhere.
 */
export const placeAll = ({ root, stage, bytes, files }: Packed, shown: string): Command =>
  command({
    script: strict(
      mustBeReal(root),
      sh`cd -P -- ${root}`,
      sh`mkdir -p -- ${`${stage}/old`}`,
      sh`[ ! -s ${`${stage}/kept`} ] || xargs -0r cp -al --parents -t ${`${stage}/old`} -- < ${`${stage}/kept`}`,
      sh`: > ${`${stage}/made`}`,
      sh`cd -- ${`${stage}/new`}`,
      sh`find . -type d -printf '%P\n' > ../directories`,
      sh`while IFS= read -r d; do`,
      sh`from=${`${stage}/new`}${{ text: '${d:+/$d}' }}`,
      sh`to=${root}${{ text: '${d:+/$d}' }}`,
      sh`[ -d "$from" ] || continue`,
      when(
        sh`[ -e "$to" ] || [ -L "$to" ]`,
        lines(standIn({ text: '$to' }), sh`find "$from" -maxdepth 1 -type f -exec mv -f -t . -- '{}' +`),
        lines(
          standIn({ text: '${to%/*}' }),
          sh`printf '%s\n' "$d" >> ${`${stage}/made`}`,
          sh`mv -T -- "$from" "${{ text: '${to##*/}' }}"`,
        ),
      ),
      sh`done < ${`${stage}/directories`}`,
    ),
    shown,
    effect: 'change',
    category: 'files',
    timeoutMs: timeFor(bytes, files),
  })

const standIn = (directory: Script): Script =>
  sh`cd -P -- "${directory}"
[ "$PWD" = "${directory}" ] || { printf '%s is reached through a symbolic link\n' "${directory}" >&2; exit 1; }`

/** Exit 0 when every file that was sent is in its place, with its size and mode; its content was hashed just before it was renamed. */
export const areInPlace = ({ root, stage, bytes, files }: Packed): Command =>
  command({
    script: lines(
      sh`cd -P -- ${root} || exit 1`,
      sh`[ -f ${`${stage}/facts`} ] || exit 1`,
      sh`xargs -0r stat -c '%s %a %n' -- < ${`${stage}/files`} | cmp -s - ${`${stage}/facts`}`,
    ),
    shown: `look at the ${files} files in their places`,
    effect: 'read',
    category: 'files',
    timeoutMs: timeFor(bytes, files),
  })

/** Puts back what was written over or deleted, and takes what is new into the stage, which goes as a whole. */
export const putBack = ({ root, stage }: Tree): Command =>
  command({
    script: strict(
      sh`[ -d ${`${stage}/old`} ] && [ -f ${`${stage}/made`} ] || exit 0`,
      sh`mkdir -p -- ${`${stage}/undone`}`,
      sh`cd -P -- ${root}`,
      sh`cat -- ${`${stage}/made`} ${`${stage}/added`} > ${`${stage}/new-here`}`,
      sh`n=0`,
      sh`while IFS= read -r p; do`,
      sh`n=$((n + 1))`,
      sh`if [ ! -e ${`${stage}/new`}/"$p" ] && [ -e "./$p" ]; then mv -T -- "./$p" ${`${stage}/undone`}/"$n"; fi`,
      sh`done < ${`${stage}/new-here`}`,
      sh`cd -- ${`${stage}/old`}`,
      sh`find . '!' -type d -printf '%P\n' > ../back`,
      sh`while IFS= read -r p; do`,
      sh`case $p in */*) mkdir -p -- ${root}/"${{ text: '${p%/*}' }}" ;; esac`,
      sh`mv -fT -- "./$p" ${root}/"$p"`,
      sh`done < ../back`,
    ),
    shown: `put ${root} back as it was`,
    effect: 'change',
    category: 'files',
    timeoutMs: limitMs,
  })

/** Deletes files by their names, none of them through a link, and then the directories that are empty by that. */
export const deleteFrom = (root: string, files: readonly string[], directories: readonly string[]): Command => {
  const at = (path: string) => `${root}/${path}`
  const folders = [...new Set([...files, ...directories].map((path) => dirname(at(path))))]
  return command({
    script: strict(
      sh`for d in ${folders}; do`,
      sh`[ "$(readlink -m -- "$d")" = "$d" ] || { printf '%s is reached through a symbolic link\n' "$d" >&2; exit 1; }`,
      sh`done`,
      ...(files.length === 0 ? [] : [sh`rm -f -- ${files.map(at)}`]),
      ...directories.map((path) => when(sh`[ -d ${at(path)} ]`, sh`rmdir --ignore-fail-on-non-empty -- ${at(path)}`)),
    ),
    shown: `delete ${[...files, ...directories].map(at).join(' ')}`,
    effect: 'change',
    category: 'files',
  })
}

/** Takes away what lay in the directory meanwhile. */
export const dropStage = ({ stage }: Tree): Command =>
  command({ script: sh`rm -rf -- ${stage}`, effect: 'change', category: 'files', timeoutMs: limitMs })

/** Takes away the archive of a log-in that may not write into the directory. */
export const dropPart = (part: Part): Command =>
  command({ script: sh`rm -f -- ${part.path}`, effect: 'change', category: 'files' })

/** Takes the directory away again where it is empty, and so was made for this. */
export const dropEmptyRoot = ({ root }: Tree): Command =>
  command({
    script: when(sh`[ -d ${root} ]`, sh`rmdir --ignore-fail-on-non-empty -- ${root}`),
    shown: `remove ${root} where it is empty`,
    effect: 'change',
    category: 'files',
  })
