import type { Command } from '../schema/command.ts'
import type { OsFamily } from '../schema/facts.ts'
import { backupPath, openBackup, type Backup } from './backup.ts'
import { and, command, pipe, sh, strict, when, type Script } from './shell.ts'
import { changeUserDatabase, freeUserDatabase, userDatabaseLimitMs } from './user-database.ts'

/** What a distribution calls a group of Debian's names. */
export const groupOn = (family: OsFamily, group: string): string =>
  group === 'sudo' && family !== 'debian' ? 'wheel' : group

const groupsOf = (user: string): Script => pipe(sh`id -Gn -- ${user}`, sh`tr ' ' '\n'`)
const isMember = (user: string, group: string): Script => pipe(groupsOf(user), sh`grep -qxF -- ${group}`)

export const isInGroups = (user: string, groups: readonly string[]): Command =>
  command({
    script: and(...groups.map((group) => isMember(user, group))),
    shown: `id -Gn ${user}`,
    effect: 'read',
    category: 'system',
  })

/** Adds a user to groups and keeps the list of those it was in. */
export const addToGroups = (user: string, groups: readonly string[], backup: Backup): Command =>
  command({
    script: strict(
      openBackup(backup),
      when(
        sh`[ ! -e ${backupPath(backup)} ]`,
        and(
          sh`${groupsOf(user)} > ${backupPath(backup, 'new')}`,
          sh`mv -T -- ${backupPath(backup, 'new')} ${backupPath(backup)}`,
        ),
      ),
      freeUserDatabase,
      changeUserDatabase(sh`usermod --append --groups ${groups.join(',')} -- ${user}`),
    ),
    shown: `usermod --append --groups ${groups.join(',')} ${user}`,
    effect: 'change',
    category: 'system',
    timeoutMs: userDatabaseLimitMs,
  })

/** Takes a user out of those groups that it was not in before. */
export const removeFromGroups = (user: string, groups: readonly string[], backup: Backup): Command =>
  command({
    script: strict(
      when(sh`[ ! -e ${backupPath(backup)} ]`, sh`exit 0`),
      when(sh`! getent passwd ${user} > /dev/null`, sh`exit 0`),
      freeUserDatabase,
      ...groups.map((group) =>
        when(
          and(sh`! grep -qxF -- ${group} ${backupPath(backup)}`, isMember(user, group)),
          changeUserDatabase(sh`gpasswd --delete ${user} ${group}`),
        ),
      ),
    ),
    shown: `gpasswd --delete ${user} from ${groups.join(', ')}, as far as it was not in them before`,
    effect: 'change',
    category: 'system',
    timeoutMs: userDatabaseLimitMs,
  })
