import type { Command } from '../schema/command.ts'
import { backupPath, openBackup, type Backup } from './backup.ts'
import { and, command, lines, or, refuse, sh, strict, when, type Script } from './shell.ts'
import { changeUserDatabase, freeUserDatabase, userDatabaseLimitMs } from './user-database.ts'

export type NewUser = {
  readonly name: string
  readonly home: string
  readonly shell: string
  readonly kind: 'person' | 'system'
  /** `existing`: a group of the same name is there already and becomes the user's own. */
  readonly ownGroup: 'new' | 'existing'
}

/** Exit 0 when a user is there: made by somebody else, or by this operation and then whole. */
export const isUserMade = (name: string, backup: Backup): Command =>
  command({
    script: and(
      sh`getent passwd ${name} > /dev/null`,
      or(
        sh`{ [ ! -e ${backupPath(backup, 'absent')} ]`,
        sh`[ -e ${backupPath(backup, 'made')} ]`,
        sh`{ printf '%s\n' ${`the creation of ${name} was cut off half-way`} >&2; false; }; }`,
      ),
    ),
    shown: `getent passwd ${name}`,
    effect: 'read',
    category: 'system',
  })

/** No password fits, yet the account is not locked: without PAM, sshd turns a locked (`!`) account away even with its key. */
const noPassword = '*'

/** Creates a user with a home. Marks beforehand that it, and perhaps its home, were not there; and afterwards that it is whole. */
export function createUser(user: NewUser, backup: Backup): Command {
  const [absent, made] = [backupPath(backup, 'absent'), backupPath(backup, 'made')]
  const homeAbsent = backupPath({ ...backup, item: `${backup.item}-home` }, 'absent')
  const group = user.ownGroup === 'existing' ? sh`--gid ${user.name}` : sh`--user-group`
  const kind = user.kind === 'system' ? sh` --system` : sh``
  return command({
    script: strict(
      when(sh`getent passwd ${user.name} > /dev/null`, sh`exit 0`),
      openBackup(backup),
      when(sh`[ ! -e ${user.home} ]`, sh`: > ${homeAbsent}`),
      sh`: > ${absent}`,
      sh`rm -f -- ${made}`,
      freeUserDatabase,
      sh`umask 022`,
      sh`status=0`,
      or(
        changeUserDatabase(
          sh`useradd --create-home --home-dir ${user.home} --shell ${user.shell} --password ${noPassword} ${group}${kind} -- ${user.name}`,
        ),
        sh`status=$?`,
      ),
      when(sh`[ "$status" -eq 0 ]`, lines(sh`: > ${made}`, sh`sync -- ${made}`)),
      // 9: somebody else created it in between, so it is not ours to remove.
      when(sh`[ "$status" -eq 9 ]`, sh`rm -f -- ${absent} ${homeAbsent}`),
      sh`exit "$status"`,
    ),
    shown: `useradd --create-home --home-dir ${user.home} --shell ${user.shell} ${user.name}`,
    effect: 'change',
    category: 'system',
    timeoutMs: userDatabaseLimitMs,
  })
}

/** Removes a user that the marked operation created; its home only where that was not there before either. */
export function removeCreatedUser(user: NewUser, backup: Backup): Command {
  const homeAbsent = backupPath({ ...backup, item: `${backup.item}-home` }, 'absent')
  return command({
    script: strict(
      when(sh`[ ! -e ${backupPath(backup, 'absent')} ]`, sh`exit 0`),
      when(sh`! getent passwd ${user.name} > /dev/null`, sh`exit 0`),
      when(sh`[ "$(id -u -- ${user.name})" -eq 0 ]`, refuse(`${user.name} has user id 0 now and stays`)),
      freeUserDatabase,
      // userdel removes a group of the user's name along with it, unless it is not the user's primary group.
      ...(user.ownGroup === 'existing' ? [changeUserDatabase(sh`usermod --gid root -- ${user.name}`)] : []),
      // A power cut in the middle leaves a home that is still root's: userdel would not remove it.
      when(
        and(sh`[ -e ${homeAbsent} ]`, sh`[ "$(stat -c '%F %u' -- ${user.home} || true)" = 'directory 0' ]`),
        sh`chown -- ${user.name} ${user.home}`,
      ),
      sh`tries=0`,
      sh`while :; do`,
      // A log-in leaves a user instance of systemd behind for some seconds, and userdel refuses while it runs: status 8.
      sh`loginctl terminate-user ${user.name} > /dev/null 2>&1 || true`,
      sh`status=0`,
      when(
        sh`[ -e ${homeAbsent} ]`,
        or(changeUserDatabase(sh`userdel --remove -- ${user.name}`), sh`status=$?`),
        or(changeUserDatabase(sh`userdel -- ${user.name}`), sh`status=$?`),
      ),
      when(sh`[ "$status" -ne 8 ] || [ "$tries" -ge 60 ]`, sh`break`),
      lines(sh`tries=$((tries + 1))`, sh`sleep 0.5`),
      sh`done`,
      sh`exit "$status"`,
    ),
    shown: `userdel ${user.name}, if this operation created it`,
    effect: 'change',
    category: 'system',
    timeoutMs: userDatabaseLimitMs,
  })
}

/** Exit 0 when the user who runs it may list and write a directory; access(2) also sees a read-only file system. */
export const mayWrite = (directory: string): Command =>
  command({ script: writable(directory), effect: 'read', category: 'system' })

/** The same, asked as root about an account that cannot log in. */
export const mayUserWrite = (user: string, directory: string): Command =>
  command({
    script: sh`runuser -u ${user} -- test -w ${directory} -a -x ${directory}`,
    effect: 'read',
    category: 'system',
  })

const writable = (directory: string): Script => sh`[ -w ${directory} ] && [ -x ${directory} ]`
