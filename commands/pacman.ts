import type { Packaging } from './packages.ts'
import { eachIsKnown, parseStates, recordNew, stillInstalled } from './rpm.ts'
import { lines, pipe, sh, type Script } from './shell.ts'

const installedNow: Script = sh`pacman -Qq | LC_ALL=C sort -u`

/** pacman gives up at once where its database is locked, so we wait for the lock file to go, five minutes at most. */
const waitForLock: Script = lines(
  sh`waited=0`,
  sh`while [ -e /var/lib/pacman/db.lck ] && [ "$waited" -lt 300 ]; do`,
  sh`sleep 1; waited=$((waited + 1))`,
  sh`done`,
)

export const pacman: Packaging = {
  // -T prints the names that nothing installed provides, and fails where there are any.
  areInstalled: (names) => sh`pacman -T -- ${names} > /dev/null`,
  areKnown: (names) => eachIsKnown(names, (name) => sh`pacman -Sp -- ${name}`),
  // Newer lists than the installed system are a partial upgrade, which Arch does not support: only a host without any gets them.
  refresh: lines(
    waitForLock,
    sh`[ -n "$(find /var/lib/pacman/sync -name '*.db' -print -quit)" ] || pacman -Sy --noconfirm`,
  ),
  install: (names, record) =>
    lines(waitForLock, recordNew(sh`pacman -S --needed --noconfirm -- ${names}`, record, installedNow)),
  removeRecorded: (record) =>
    lines(waitForLock, pipe(stillInstalled(record, installedNow), sh`xargs -r pacman -Rn --noconfirm --`)),
  inspect: (names) =>
    lines(...names.map((name) => sh`pacman -T -- ${name} > /dev/null && printf 'installed %s\n' ${name}`)),
  parseStates,
}
