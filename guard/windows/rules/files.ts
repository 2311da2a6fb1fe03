import { mirror, removal } from '../delete.ts'
import { windowsProtection } from '../paths.ts'
import { hasOption, namesIn, plainWords, valuesOf } from '../words.ts'
import { text, when, type WindowsRule } from './rule.ts'

const deletes = /^(remove-item|ri|rm|rmdir|rd|del|erase)$/

const onlyLists = /^(\s*(list|detail|help|select|exit)\b.*(\n|$))+$/i

/** What deletes files, makes disks unreadable or opens whole trees. */
export const files: readonly WindowsRule[] = [
  { action: 'filesystem_bulk_delete', names: deletes, because: removal },
  { action: 'filesystem_bulk_delete', names: /^robocopy$/, because: mirror },
  {
    action: 'filesystem_bulk_delete',
    names: /^(vssadmin|wbadmin)$/,
    because: when(/^(delete|resize)\b/, 'It deletes the copies that a rescue would need.'),
  },
  {
    action: 'filesystem_bulk_delete',
    names: /^(clear-content|clc|set-content|out-file)$/,
    because: (command, cwd) =>
      namesIn(command, 'path', 'filepath').some(
        (path) => /^\w:\\windows\\system32/i.test(path) && !/\\drivers\\etc\\hosts$/i.test(path),
      ) ||
      (command.name.startsWith('cl') && namesIn(command, 'path').some((path) => windowsProtection(path, cwd) !== null))
        ? 'It empties files of the system.'
        : null,
  },
  {
    action: 'filesystem_bulk_delete',
    names: /^forfiles$/,
    because: (command) =>
      /\b(del|rd|rmdir|erase)\b/i.test(text(command)) &&
      valuesOf(command, 'p').some((path) => windowsProtection(path, null) !== null)
        ? 'It deletes whatever it finds in a tree.'
        : null,
  },
  { action: 'filesystem_bulk_delete', names: /^clear-recyclebin$/, because: () => null },
  {
    action: 'filesystem_bulk_delete',
    names: /^(move-item|mi|move|mv|rename-item|ren|rni)$/,
    because: (command, cwd) => {
      const because = windowsProtection(plainWords(command)[0] ?? valuesOf(command, 'path')[0] ?? '', cwd)
      return because !== null && /Windows|drive|home/.test(because) && !/temp/i.test(text(command))
        ? `It moves it away: ${because}.`
        : null
    },
  },
  {
    action: 'disk_format',
    names: /^format$/,
    because: (command) =>
      plainWords(command).some((word) => /^[a-z]:$/i.test(word)) ? 'It makes what is on a disk unreadable.' : null,
  },
  {
    action: 'disk_format',
    names: /^diskpart$/,
    because: ({ before }) =>
      before.length > 0 &&
      before.every(({ name, words }) => /^(echo|)$/.test(name) && onlyLists.test(words.join(' ').replaceAll(',', '\n')))
        ? null
        : 'It changes disks by a script.',
  },
  {
    action: 'disk_format',
    names:
      /^(format-volume|clear-disk|initialize-disk|remove-partition|reset-physicaldisk|remove-virtualdisk|remove-storagepool|set-disk)$/,
    because: (command) =>
      command.name !== 'set-disk' || /-isoffline\s*:?\s*\$?true/.test(text(command))
        ? 'It makes what is on a disk unreadable.'
        : null,
  },
  { action: 'disk_format', names: /^cipher$/, because: when(/\/w:/, 'It overwrites what is free on a disk.') },
  {
    action: 'disk_format',
    names: /^manage-bde$/,
    because: when(
      /-(forcerecovery|off|delete|wipefreespace)|-protectors\s+-delete/,
      'It takes the key to a disk away.',
    ),
  },
  {
    action: 'bulk_permission_change',
    names: /^(icacls|cacls|xcacls)$/,
    because: (command) =>
      hasOption(command, 't', 'reset') && windowsProtection(command.words[0] ?? '', null) !== null
        ? 'It changes the rights of a whole tree.'
        : null,
  },
  {
    action: 'bulk_permission_change',
    names: /^takeown$/,
    because: (command) =>
      hasOption(command, 'r') && valuesOf(command, 'f').some((path) => windowsProtection(path, null) !== null)
        ? 'It takes a whole tree from its owner.'
        : null,
  },
  {
    action: 'bulk_permission_change',
    names: /^set-acl$/,
    because: (command) =>
      (command.before[0] !== undefined && hasOption(command.before[0], 'recurse', 's')) ||
      namesIn(command, 'path').some((path) => windowsProtection(path, null) !== null)
        ? 'It changes the rights of a whole tree.'
        : null,
  },
  {
    action: 'bulk_permission_change',
    names: /^attrib$/,
    because: (command) =>
      hasOption(command, 's') &&
      command.words.some((word) => !/^[-+/]/.test(word) && windowsProtection(word, null) !== null)
        ? 'It changes the marks of a whole tree.'
        : null,
  },
  {
    action: 'filesystem_bulk_delete',
    names: /^remove-(wbbackupset|smbshare|azstorageaccount|azstoragecontainer|s3bucket|dfsnroot|dfsnfolder)$/,
    because: 'It removes storage or backups.',
  },
]
