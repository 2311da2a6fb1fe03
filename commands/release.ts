import type { Command } from '../schema/command.ts'
import { backupPath, openBackup, type Backup } from './backup.ts'
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
}

export const layoutOf = (root: string): Layout => ({
  root,
  releases: `${root}/releases`,
  shared: `${root}/shared`,
  incoming: `${root}/.incoming`,
  current: `${root}/current`,
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
        sh`[ "$(readlink -- ${layout.current})" = ${linkTo(release)} ]`,
        refuse(`${releasePath(layout, release)} still serves, so it stays`),
      ),
      sh`rm -rf -- ${releasePath(layout, release)}`,
    ),
    shown: `remove ${releasePath(layout, release)}`,
    effect: 'change',
    category: 'files',
    timeoutMs: 600_000,
  })

/** Relative, so that the folder of the application can be looked at from elsewhere. */
const linkTo = (release: string): string => `releases/${release}`

export const isCurrent = (layout: Layout, release: string): Command =>
  command({
    script: sh`[ "$(readlink -- ${layout.current})" = ${linkTo(release)} ]`,
    shown: `readlink ${layout.current}`,
    effect: 'read',
    category: 'files',
  })

/** The one act that makes another release the current one: a rename. Where the link led before is kept. */
export const switchCurrent = (layout: Layout, release: string, backup: Backup): Command =>
  command({
    script: strict(
      when(sh`[ -e ${layout.current} ] && [ ! -L ${layout.current} ]`, refuse(`${layout.current} is no symbolic link`)),
      openBackup(backup),
      when(
        sh`[ ! -e ${backupPath(backup)} ] && [ ! -e ${backupPath(backup, 'absent')} ]`,
        when(
          sh`[ -L ${layout.current} ]`,
          lines(
            sh`readlink -- ${layout.current} > ${backupPath(backup, 'new')}`,
            sh`sync -- ${backupPath(backup, 'new')}`,
            sh`mv -T -- ${backupPath(backup, 'new')} ${backupPath(backup)}`,
          ),
          sh`: > ${backupPath(backup, 'absent')}`,
        ),
      ),
      pointCurrentTo(layout, sh`${linkTo(release)}`),
    ),
    shown: `point ${layout.current} to ${linkTo(release)}`,
    effect: 'change',
    category: 'files',
  })

/** Points the link back to where it led; where there was none, takes it away. */
export const switchBack = (layout: Layout, backup: Backup): Command =>
  command({
    script: strict(
      when(sh`[ -e ${backupPath(backup)} ]`, pointCurrentTo(layout, sh`"$(cat -- ${backupPath(backup)})"`)),
      when(sh`[ -e ${backupPath(backup, 'absent')} ]`, sh`rm -f -- ${layout.current}`),
    ),
    shown: `point ${layout.current} back`,
    effect: 'change',
    category: 'files',
  })

function pointCurrentTo({ root, current }: Layout, target: Script): Script {
  const fresh = `${root}/.current.drydock-new`
  return lines(
    sh`rm -f -- ${fresh}`,
    sh`ln -s -- ${target} ${fresh}`,
    sh`mv -fT -- ${fresh} ${current}`,
    // The directory, so that the rename is on disk before anything is started from it.
    sh`sync -- ${root}`,
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
