import type { Command } from '../schema/command.ts'
import { command, lines, sh, type Script } from './shell.ts'
import { ownName } from './synchronization.ts'

/** What of a directory is packed: these names in it, or everything where they are too many to be told. */
export type TreeArchive = { readonly root: string; readonly names: readonly string[] | null }

const limitMs = 3_600_000

/** As a tar archive that is the same again as long as the files are: nothing is written on the host, and it may be read from anywhere. */
const packing = ({ names }: TreeArchive): Script =>
  sh`${names === null ? sh`find . -mindepth 1 -xdev -name ${`${ownName}*`} -prune -o '(' -type f -o -type d ')' -print0` : sh`printf '%s\0' ${names.map((name) => `./${name}`)}`} | tar -c --format=gnu --null --no-recursion --owner=0 --group=0 --numeric-owner -T -`

const inRoot = (archive: TreeArchive, what: string, script: Script): Command =>
  command({
    script: lines(sh`cd -P -- ${archive.root} || exit 1`, script),
    shown: `${what} of ${archive.root}`,
    effect: 'read',
    category: 'files',
    timeoutMs: limitMs,
  })

/** Asks how many bytes the archive has; fails where a file in it cannot be read. */
export const measureArchive = (archive: TreeArchive): Command =>
  inRoot(
    archive,
    'measure an archive',
    lines(sh`exec 4>&1`, sh`e=$({ { ${packing(archive)}; echo "$?" >&3; } | wc -c >&4; } 3>&1)`, sh`exit "$e"`),
  )

export const readArchiveFrom = (archive: TreeArchive, offset: number): Command =>
  inRoot(archive, `read an archive from byte ${offset}`, sh`${packing(archive)} | tail -c ${`+${offset + 1}`}`)

export const hashArchivePrefix = (archive: TreeArchive, bytes: number): Command =>
  inRoot(archive, `hash the first ${bytes} bytes of an archive`, sh`${packing(archive)} | head -c ${bytes} | sha256sum`)
