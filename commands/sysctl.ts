import type { Command } from '../schema/command.ts'
import { backupPath, openBackup, restoreFile, saveFile, type Backup } from './backup.ts'
import { fillWith, isLike, replaceFile, type FileToWrite } from './file.ts'
import { command, lines, must, sh, strict, when, type Script } from './shell.ts'

/** Name and value. */
export type Parameter = { readonly name: string; readonly value: string }

/** Sorts after 99-sysctl.conf, which stands for /etc/sysctl.conf: the last value counts. */
export const sysctlPath = '/etc/sysctl.d/99-zz-drydock.conf'

export const sysctlFile = (parameters: readonly Parameter[]): FileToWrite => ({
  path: sysctlPath,
  content: ['# Written by Drydock.', ...parameters.map(({ name, value }) => `${name} = ${value}`), ''].join('\n'),
  mode: '644',
  owner: 'root',
  group: 'root',
})

/** Exit 0 when the file is there and the kernel has these values. */
export const hasParameters = (file: FileToWrite, parameters: readonly Parameter[]): Command =>
  command({
    script: lines(
      must(isLike(file)),
      ...parameters.map(
        ({ name, value }) =>
          sh`[ "$(sysctl -n -- ${name})" = ${value} ] || { printf '%s\n' ${`${name} is not ${value}`} >&2; exit 1; }`,
      ),
    ),
    shown: `compare ${file.path} and ${parameters.length} kernel parameters`,
    effect: 'read',
    category: 'system',
  })

const valuesOf = (backup: Backup): Backup => ({ ...backup, item: `${backup.item}-values` })

/** Keeps the values of parameters, as `sysctl -p` reads them; the first save wins. */
export function saveParameters(names: readonly string[], backup: Backup): Script {
  const values = valuesOf(backup)
  return lines(
    openBackup(values),
    when(
      sh`[ ! -e ${backupPath(values)} ]`,
      lines(
        sh`sysctl -e -- ${names} > ${backupPath(values, 'new')}`,
        sh`mv -T -- ${backupPath(values, 'new')} ${backupPath(values)}`,
      ),
    ),
  )
}

export const parametersBack = (backup: Backup): Script =>
  when(sh`[ -e ${backupPath(valuesOf(backup))} ]`, sh`sysctl -q -e -p ${backupPath(valuesOf(backup))}`)

/** Keeps the file and the values that are there, writes the file and loads it. */
export const setParameters = (file: FileToWrite, parameters: readonly Parameter[], backup: Backup): Command =>
  command({
    script: strict(
      saveFile(file.path, backup),
      saveParameters(
        parameters.map(({ name }) => name),
        backup,
      ),
      replaceFile(file, fillWith(file)),
      sh`sysctl -q -p ${file.path}`,
    ),
    shown: `write ${file.path} and sysctl -p`,
    effect: 'change',
    category: 'system',
  })

export const restoreParameters = (path: string, backup: Backup): Command =>
  command({
    script: strict(restoreFile(path, backup), parametersBack(backup)),
    shown: `restore ${path} and the kernel parameters as they were`,
    effect: 'change',
    category: 'system',
  })
