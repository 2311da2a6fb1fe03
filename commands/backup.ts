import { lines, refuse, sh, when, type Script } from './shell.ts'

/** Where on a host the state from before one item of one operation is kept. */
export type Backup = { readonly operationId: string; readonly item: string }

const root = '/var/lib/drydock/backups'

export const backupDirectory = (backup: Backup): string => `${root}/${backup.operationId}`
export const backupPath = (backup: Backup, mark?: 'absent' | 'made' | 'new' | 'displaced' | 'again'): string =>
  `${backupDirectory(backup)}/${backup.item}${mark === undefined ? '' : `.${mark}`}`

export const openBackup = (backup: Backup): Script => sh`mkdir -p -- ${backupDirectory(backup)}`

const refuseLink = (path: string): Script =>
  when(sh`[ -L ${path} ]`, refuse(`${path} is a symbolic link; replace it by what it points to, then try again`))

/** The first save wins: a step that is tried again must not take its own work for the state before it. */
const saveOnce = (path: string, backup: Backup, copy: Script): Script => {
  const [saved, absent, fresh] = [backupPath(backup), backupPath(backup, 'absent'), backupPath(backup, 'new')]
  return when(
    sh`[ ! -e ${saved} ] && [ ! -e ${absent} ]`,
    when(
      sh`[ -e ${path} ]`,
      lines(copy, sh`sync -- ${fresh}`, sh`mv -T -- ${fresh} ${saved}`),
      lines(sh`: > ${absent}`, sh`sync -- ${absent}`),
    ),
  )
}

/** Keeps a copy of a file with its owner, mode, times and attributes, or the mark that there was none. */
export const saveFile = (path: string, backup: Backup): Script =>
  lines(
    openBackup(backup),
    refuseLink(path),
    when(sh`[ -e ${path} ] && [ ! -f ${path} ]`, refuse(`${path} is not a regular file`)),
    saveOnce(path, backup, sh`cp -a -- ${path} ${backupPath(backup, 'new')}`),
  )

/** Puts a saved file back, or takes it away where there was none. What is displaced stays beside the backup. */
export function restoreFile(path: string, backup: Backup): Script {
  const beside = temporaryBeside(path)
  return lines(
    // A host that lost its power in the middle of a change may have kept what was not whole yet.
    sh`rm -f -- ${beside}`,
    when(
      sh`[ -e ${backupPath(backup)} ]`,
      lines(
        when(
          sh`[ -f ${path} ] && [ ! -e ${backupPath(backup, 'displaced')} ]`,
          sh`cp -a -- ${path} ${backupPath(backup, 'displaced')}`,
        ),
        sh`cp -a -- ${backupPath(backup)} ${beside}`,
        sh`sync -- ${beside}`,
        sh`mv -fT -- ${beside} ${path}`,
      ),
    ),
    when(
      sh`[ -e ${backupPath(backup, 'absent')} ] && [ -f ${path} ]`,
      sh`mv -fT -- ${path} ${backupPath(backup, 'displaced')}`,
    ),
  )
}

/** Keeps owner and mode of a directory, or the mark that there was none. */
export const saveDirectory = (path: string, backup: Backup): Script =>
  lines(
    openBackup(backup),
    refuseUnlessDirectory(path),
    saveOnce(
      path,
      backup,
      lines(
        sh`mkdir -p -- ${backupPath(backup, 'new')}`,
        sh`chown --reference=${path} -- ${backupPath(backup, 'new')}`,
        sh`chmod --reference=${path} -- ${backupPath(backup, 'new')}`,
      ),
    ),
  )

/** Keeps owner and mode of everything in a directory, as a tree of empty files. */
export const saveTree = (path: string, backup: Backup): Script =>
  lines(
    openBackup(backup),
    refuseUnlessDirectory(path),
    saveOnce(
      path,
      backup,
      sh`cp -dR --preserve=mode,ownership --attributes-only -T -- ${path} ${backupPath(backup, 'new')}`,
    ),
  )

const refuseUnlessDirectory = (path: string): Script =>
  lines(refuseLink(path), when(sh`[ -e ${path} ] && [ ! -d ${path} ]`, refuse(`${path} is not a directory`)))

/** Puts owner and mode back; where there was none, removes the directory and `parents` as far as they are empty. */
export const restoreDirectory = (path: string, backup: Backup, parents: readonly string[] = []): Script =>
  lines(
    when(
      sh`[ -d ${backupPath(backup)} ]`,
      lines(
        sh`chown --reference=${backupPath(backup)} -- ${path}`,
        sh`chmod --reference=${backupPath(backup)} -- ${path}`,
      ),
    ),
    removeIfAbsentBefore(path, backup, parents),
  )

/** Puts owners and modes back, name by name: copying over would fail for running programs and links. What has gone since stays gone. */
export const restoreTree = (path: string, backup: Backup, parents: readonly string[] = []): Script =>
  lines(
    when(
      sh`[ -d ${backupPath(backup)} ]`,
      lines(
        sh`cd -- ${backupPath(backup)}`,
        // chmod after chown, which clears set-user-id bits.
        sh`find . '!' -type l -exec chown -h --reference='{}' -- ${path}/'{}' ';' -exec chmod --reference='{}' -- ${path}/'{}' ';'`,
      ),
    ),
    removeIfAbsentBefore(path, backup, parents),
  )

const removeIfAbsentBefore = (path: string, backup: Backup, parents: readonly string[]): Script =>
  when(
    sh`[ -e ${backupPath(backup, 'absent')} ]`,
    lines(...[path, ...parents].map((directory) => removeIfEmpty(directory))),
  )

const removeIfEmpty = (path: string): Script =>
  when(sh`[ -d ${path} ]`, sh`rmdir -- ${path} || printf '%s\n' ${`${path} is not empty and stays`} >&2`)

/** A name in the same directory, so that the rename is atomic; sudo and run-parts pass over names with a dot. */
export const temporaryBeside = (path: string): string => hiddenBeside(path, 'drydock-new')

/** A hidden name in the same directory that ends so. */
export function hiddenBeside(path: string, end: string): string {
  const slash = path.lastIndexOf('/')
  return `${path.slice(0, slash)}/.${path.slice(slash + 1)}.${end}`
}
