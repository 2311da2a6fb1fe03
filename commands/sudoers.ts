import type { Command } from '../schema/command.ts'
import { temporaryBeside, saveFile, type Backup } from './backup.ts'
import { fillWith, isFileLike, replaceFile, restoreSavedFile, type FileToWrite } from './file.ts'
import { and, command, sh, strict } from './shell.ts'

export type SudoRights = { readonly kind: 'full' } | { readonly kind: 'commands'; readonly commands: readonly string[] }

/** sudo passes over names with a dot; user names have none. */
export const sudoersPath = (user: string): string => `/etc/sudoers.d/drydock-${user}`

/** What stands in a drop-in of ours for one user, without a password being asked. */
export function sudoersFile(user: string, rights: SudoRights): FileToWrite {
  const allowed = rights.kind === 'full' ? 'ALL' : rights.commands.map(escapeCommand).join(', ')
  return {
    path: sudoersPath(user),
    content: `# Written by Drydock for ${user}.\n${user} ALL=(ALL:ALL) NOPASSWD: ${allowed}\n`,
    mode: '440',
    owner: 'root',
    group: 'root',
  }
}

/** Whether a command can stand in sudoers(5) as itself: wildcards, negation and patterns would mean more than they show. */
export const isPlainSudoCommand = (text: string): boolean => /^\/[A-Za-z0-9_./@%+,:= -]+$/.test(text)

const escapeCommand = (text: string): string => text.replaceAll(/[,:=\\]/g, '\\$&')

export const hasSudoers = (file: FileToWrite): Command => isFileLike(file)

/** Writes a drop-in that becomes active only after visudo has read it. */
export const writeSudoers = (file: FileToWrite, backup: Backup): Command =>
  command({
    script: strict(
      saveFile(file.path, backup),
      replaceFile(file, fillWith(file), sh`visudo -cf ${temporaryBeside(file.path)}`),
    ),
    shown: `visudo -c and write ${file.path}`,
    effect: 'change',
    category: 'files',
  })

export const restoreSudoers = (file: FileToWrite, backup: Backup): Command => restoreSavedFile(file.path, backup)

/** Exit 0 when the user who runs it may use sudo without a password: for everything, or for each of these commands. */
export const maySudo = (rights: SudoRights): Command =>
  command({
    script:
      rights.kind === 'full'
        ? sh`sudo -n true`
        : and(...rights.commands.map((text) => sh`sudo -n -l -- ${text.split(' ').filter(Boolean)} > /dev/null`)),
    effect: 'read',
    category: 'system',
  })
