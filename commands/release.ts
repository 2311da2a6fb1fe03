import { dirname } from 'node:path/posix'
import type { Command } from '../schema/command.ts'
import { backupPath, openBackup, temporaryBeside, type Backup } from './backup.ts'
import { command, lines, refuse, sh, strict, when, type Script } from './shell.ts'

/** Where everything of an application lies on a server. */
export type Layout = {
  readonly root: string
  readonly releases: string
  readonly shared: string
  /** Artifacts as they were fetched, by their checksum. */
  readonly incoming: string
  /** The link to the release that serves. */
  readonly current: string
  /** Of each instance, the link to its release, and its environment. */
  readonly instances: string
}

/** A link, and where it leads: relative, so that the folder of the application can be looked at from elsewhere. */
export type ReleaseLink = { readonly path: string; readonly target: string }

export const layoutOf = (root: string): Layout => ({
  root,
  releases: `${root}/releases`,
  shared: `${root}/shared`,
  incoming: `${root}/.incoming`,
  current: `${root}/current`,
  instances: `${root}/instances`,
})

export const currentLink = ({ current }: Layout, release: string): ReleaseLink => ({
  path: current,
  target: `releases/${release}`,
})

export const instanceLink = ({ instances }: Layout, instance: string, release: string): ReleaseLink => ({
  path: `${instances}/${instance}`,
  target: `../releases/${release}`,
})

export const releasePath = (layout: Layout, release: string): string => `${layout.releases}/${release}`
/** What is unpacked, and no release yet: a release is there whole, or not at all. */
export const draftPath = (layout: Layout, release: string): string => `${layout.releases}/.${release}.draft`

export const isReleaseThere = (layout: Layout, release: string): Command =>
  command({
    script: sh`[ -d ${releasePath(layout, release)} ] && [ ! -L ${releasePath(layout, release)} ]`,
    shown: `look for ${releasePath(layout, release)}`,
    effect: 'read',
    category: 'files',
  })

/** Takes a release away again that this operation has made and that does not serve. */
export const removeMadeRelease = (layout: Layout, release: string, backup: Backup): Command =>
  command({
    script: strict(
      sh`rm -rf -- ${draftPath(layout, release)}`,
      sh`[ -e ${backupPath(backup, 'made')} ] || exit 0`,
      when(
        sh`[ "$(readlink -- ${layout.current})" = ${currentLink(layout, release).target} ]`,
        refuse(`${releasePath(layout, release)} still serves, so it stays`),
      ),
      sh`rm -rf -- ${releasePath(layout, release)}`,
    ),
    shown: `remove ${releasePath(layout, release)}`,
    effect: 'change',
    category: 'files',
    timeoutMs: 600_000,
  })

export const isLinked = ({ path, target }: ReleaseLink): Command =>
  command({
    script: sh`[ "$(readlink -- ${path})" = ${target} ]`,
    shown: `readlink ${path}`,
    effect: 'read',
    category: 'files',
  })

/** The one act that makes another release the one of this link: a rename. Where the link led before is kept. */
export const switchLink = ({ path, target }: ReleaseLink, backup: Backup): Command =>
  command({
    script: strict(
      when(sh`[ -e ${path} ] && [ ! -L ${path} ]`, refuse(`${path} is no symbolic link`)),
      openBackup(backup),
      when(
        sh`[ ! -e ${backupPath(backup)} ] && [ ! -e ${backupPath(backup, 'absent')} ]`,
        when(
          sh`[ -L ${path} ]`,
          lines(
            sh`readlink -- ${path} > ${backupPath(backup, 'new')}`,
            sh`sync -- ${backupPath(backup, 'new')}`,
            sh`mv -T -- ${backupPath(backup, 'new')} ${backupPath(backup)}`,
          ),
          sh`: > ${backupPath(backup, 'absent')}`,
        ),
      ),
      point(path, sh`${target}`),
    ),
    shown: `point ${path} to ${target}`,
    effect: 'change',
    category: 'files',
  })

/** Points the link back to where it led; where there was none, takes it away. */
export const switchBack = (path: string, backup: Backup): Command =>
  command({
    script: strict(
      when(sh`[ -e ${backupPath(backup)} ]`, point(path, sh`"$(cat -- ${backupPath(backup)})"`)),
      when(sh`[ -e ${backupPath(backup, 'absent')} ]`, sh`rm -f -- ${path}`),
    ),
    shown: `point ${path} back`,
    effect: 'change',
    category: 'files',
  })

function point(path: string, target: Script): Script {
  const fresh = temporaryBeside(path)
  return lines(
    sh`rm -f -- ${fresh}`,
    sh`ln -s -- ${target} ${fresh}`,
    sh`mv -fT -- ${fresh} ${path}`,
    // The directory, so that the rename is on disk before anything is started from it.
    sh`sync -- ${dirname(path)}`,
  )
}

/** Old releases go once the new one serves. What cannot be removed is told, and is no failure of the deployment. */
export const removeReleases = (layout: Layout, releases: readonly string[]): Command =>
  command({
    script: lines(
      ...releases.map(
        (release) =>
          sh`rm -rf -- ${releasePath(layout, release)} || printf '%s\n' ${`${release} could not be removed`} >&2`,
      ),
      sh`exit 0`,
    ),
    shown: `remove ${releases.map((release) => releasePath(layout, release)).join(' ')}`,
    effect: 'change',
    category: 'files',
    timeoutMs: 600_000,
  })
