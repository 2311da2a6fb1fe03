import { lines, sh, type Script } from './shell.ts'

/**
 * A lock of the user database is a file that holds a process id. After a power cut that may be the id of a daemon, and
 * useradd and its like take the file for locked, for ever. A lock of a process that is gone they take away themselves.
 */
export const freeUserDatabase: Script = lines(
  sh`for database in passwd shadow group gshadow subuid subgid; do`,
  sh`lock=/etc/$database.lock`,
  sh`[ -e "$lock" ] || continue`,
  sh`locker=$(tr -d '\0' < "$lock") || continue`,
  sh`[ -z "$locker" ] || [ -d "/proc/$locker" ] || continue`,
  sh`case $(cat "/proc/$locker/comm" 2> /dev/null) in`,
  sh`useradd|usermod|userdel|groupadd|groupmod|groupdel|groupmems|gpasswd|passwd|chpasswd|chgpasswd|newusers|chage|chfn|chsh|vipw|vigr|pwck|grpck|pwconv|pwunconv|grpconv|grpunconv) ;;`,
  sh`*) rm -f -- "$lock" ;;`,
  sh`esac`,
  sh`done`,
)

/**
 * One of the shadow tools, never ended half-way: it writes six files one after the other, and a user without a group or
 * a home is neither there nor gone. That takes milliseconds, after at most 15 s for whoever holds the database.
 */
export const changeUserDatabase = (tool: Script): Script => sh`(trap '' TERM HUP INT; exec ${tool})`

export const userDatabaseLimitMs = 60_000
