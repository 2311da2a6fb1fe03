import type { Command } from '../schema/command.ts'
import { restoreFile, saveFile, type Backup } from './backup.ts'
import { fillWith, isLike, replaceFile, type FileToWrite } from './file.ts'
import { isLoaded, mustLoad } from './serving.ts'
import { and, command, sh, strict } from './shell.ts'

export const unitPath = (unit: string): string => `/etc/systemd/system/${unit}`

/** Where a unit's file is put: what stands there goes before what packages bring. */
export const fileOf = (unit: string, content: string): FileToWrite => ({
  path: unitPath(unit),
  content,
  mode: '644',
  owner: 'root',
  group: 'root',
})

const options = { effect: 'change', category: 'system', timeoutMs: 120_000 } as const

/**
 * Writes the file of a unit, as its maker gave it, and has systemd read it; what runs goes on as it is. Of a template,
 * systemd can load only an instance: `loadedAs`.
 */
export const writeUnit = (unit: string, content: string, backup: Backup, loadedAs = unit): Command => {
  const file = fileOf(unit, content)
  return command({
    script: strict(saveFile(file.path, backup), replaceFile(file, fillWith(file)), mustLoad(loadedAs)),
    shown: `write ${file.path} and systemctl daemon-reload`,
    ...options,
  })
}

export const isUnitWritten = (unit: string, content: string, loadedAs = unit): Command =>
  command({
    script: and(isLike(fileOf(unit, content)), isLoaded(loadedAs)),
    shown: `compare ${unitPath(unit)}`,
    effect: 'read',
    category: 'system',
  })

export const restoreUnit = (unit: string, backup: Backup): Command =>
  command({
    script: strict(restoreFile(unitPath(unit), backup), sh`systemctl daemon-reload`),
    shown: `restore ${unitPath(unit)} as it was and systemctl daemon-reload`,
    ...options,
  })
