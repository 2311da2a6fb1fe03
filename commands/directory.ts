import type { Command } from '../schema/command.ts'
import { restoreDirectory, restoreTree, saveDirectory, saveTree, type Backup } from './backup.ts'
import { and, command, lines, sh, strict, type Script } from './shell.ts'

export type Directory = {
  readonly path: string
  readonly mode: string
  readonly owner: string
  readonly group: string
  /** `tree`: everything below gets owner, group and mode as well; files become executable only where they already are. */
  readonly reach: 'self' | 'tree'
}

/** A tree of a million files takes minutes. */
const treeLimitMs = 1_800_000

/** Exit 0 when a path is a directory, no link, with this owner, group and mode. */
export const isDirectoryLike = ({ path, mode, owner, group }: Directory): Script =>
  and(
    sh`[ ! -L ${path} ]`,
    sh`[ -d ${path} ]`,
    sh`[ "$(stat -c '%a %U %G' -- ${path})" = ${`${plainMode(mode)} ${owner} ${group}`} ]`,
  )

/** Prints the first thing in a tree, links aside, that differs from what is wanted, if any does. */
export const firstDifferenceIn = ({ path, mode, owner, group }: Directory): Script =>
  sh`find ${path} '!' -type l '(' '!' -user ${owner} -o '!' -group ${group} -o -type d '!' -perm ${plainMode(mode)} -o -type f '!' -perm ${plainMode(mode)} '!' -perm ${withoutExecution(mode)} ')' -print -quit`

export const areDirectoriesLike = (directories: readonly Directory[]): Command =>
  command({
    script: and(...directories.map(isLike)),
    shown: `stat ${directories.map(({ path }) => path).join(' ')}`,
    effect: 'read',
    category: 'files',
  })

const isLike = (directory: Directory): Script =>
  directory.reach === 'self'
    ? isDirectoryLike(directory)
    : and(isDirectoryLike(directory), sh`[ -z "$(${firstDifferenceIn(directory)})" ]`)

/** Creates a directory, or changes owner and mode of the one that is there; the state before is kept. */
export const makeDirectory = (directory: Directory, backup: Backup): Command =>
  command({
    script: strict(
      directory.reach === 'tree' ? saveTree(directory.path, backup) : saveDirectory(directory.path, backup),
      // Parents that are made on the way are for everybody to pass through.
      sh`umask 022`,
      sh`mkdir -p -- ${directory.path}`,
      ...(directory.reach === 'tree' ? [changeTree(directory)] : []),
      sh`chown -- ${`${directory.owner}:${directory.group}`} ${directory.path}`,
      sh`chmod -- ${plainMode(directory.mode)} ${directory.path}`,
    ),
    shown: `make ${directory.path} ${directory.mode} ${directory.owner}:${directory.group}${directory.reach === 'tree' ? ', with everything in it' : ''}`,
    effect: 'change',
    category: 'files',
    ...(directory.reach === 'tree' ? { timeoutMs: treeLimitMs } : {}),
  })

/** Links stay as they are: their owner means nothing, and what they point to is not ours. chmod -R passes over them too. */
const changeTree = ({ path, owner, group, mode }: Directory): Script =>
  lines(
    sh`find ${path} '!' -type l -exec chown -h -- ${`${owner}:${group}`} '{}' +`,
    sh`chmod -R -- ${symbolicMode(mode)} ${path}`,
  )

/** Takes `makeDirectory` back; what was created stays while something is in it. */
export const unmakeDirectory = (directory: Directory, backup: Backup, createdParents: readonly string[]): Command =>
  command({
    script: strict(
      directory.reach === 'tree'
        ? restoreTree(directory.path, backup, createdParents)
        : restoreDirectory(directory.path, backup, createdParents),
    ),
    shown: `restore ${directory.path} as it was`,
    effect: 'change',
    category: 'files',
    ...(directory.reach === 'tree' ? { timeoutMs: treeLimitMs } : {}),
  })

/** As stat prints it: `0755` and `755` are one. */
export const plainMode = (mode: string): string => mode.replace(/^0(?=[0-7]{3}$)/, '')

const digitsOf = (mode: string): number[] => plainMode(mode).split('').map(Number)

const withoutExecution = (mode: string): string =>
  digitsOf(mode)
    .map((digit) => digit & 6)
    .join('')

/** chmod's `X`: executable only for directories and for what somebody may execute already. */
const symbolicMode = (mode: string): string =>
  digitsOf(mode)
    .map((digit, index) => `${'ugo'.charAt(index)}=${symbolicRights(digit)}`)
    .join(',')

const symbolicRights = (digit: number): string =>
  `${(digit & 4) > 0 ? 'r' : ''}${(digit & 2) > 0 ? 'w' : ''}${(digit & 1) > 0 ? 'X' : ''}`
