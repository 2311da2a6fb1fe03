import type { Command } from '../schema/command.ts'
import { backupPath, openBackup, type Backup } from './backup.ts'
import { and, command, lines, refuse, sh, strict, when, type Script } from './shell.ts'
import { systemdWords } from './systemd.ts'
import { moveUnit } from './unit-action.ts'

const category = 'system'

/** Prints of each unit its name, its state and which start of it this is; a unit that is not there is inactive. */
const noteOf = (units: readonly string[]): Script =>
  lines(
    ...units.map(
      (unit) =>
        sh`printf '%s %s %s\n' ${unit} "$(systemctl show --property=ActiveState --value -- ${unit})" "$(systemctl show --property=InvocationID --value -- ${unit})"`,
    ),
  )

/** Keeps which units run, and which start of each that is: what has been touched can be told by it later. */
export const noteServing = (units: readonly string[], backup: Backup): Command =>
  command({
    script: strict(
      systemdWords('system'),
      openBackup(backup),
      sh`[ ! -e ${backupPath(backup)} ] || exit 0`,
      sh`{`,
      noteOf(units),
      sh`} > ${backupPath(backup, 'new')}`,
      sh`sync -- ${backupPath(backup, 'new')}`,
      sh`mv -T -- ${backupPath(backup, 'new')} ${backupPath(backup)}`,
    ),
    shown: `note which of ${units.join(', ')} run`,
    effect: 'change',
    category,
  })

/** A unit that has failed too often in a short time is refused by systemd until that is forgotten; another release is another matter. */
export const startAnew = (unit: string, deadlineMs: number): Command => {
  const move = moveUnit('restart', { unit }, { deadlineMs })
  return { ...move, script: lines(sh`systemctl reset-failed -- ${unit} 2> /dev/null`, { text: move.script }).text }
}

/** Has a unit run again that ran, and waits until it is up. One that nobody has touched since, or that does so already, is left alone. */
export function serveAgain(unit: string, backup: Backup, deadlineMs: number): Command {
  // Whoever takes back more restarts it no second time, while it gets requests.
  const note = lines(sh`{`, noteOf([unit]), sh`} >> ${backupPath(backup, 'again')}`)
  return unlessUntouched(unit, backup, followedBy(startAnew(unit, deadlineMs), note), {
    ranBefore: true,
    shown: `restart ${unit} as it was, unless nobody has touched it`,
  })
}

/** Stops a unit again that did not run. That it failed meanwhile is forgotten: nobody is to be called for that later. */
export function restAgain(unit: string, backup: Backup, deadlineMs: number): Command {
  const stop = moveUnit('stop', { unit }, { deadlineMs })
  return unlessUntouched(unit, backup, followedBy(stop, sh`systemctl reset-failed -- ${unit} 2> /dev/null`), {
    ranBefore: false,
    shown: `stop ${unit} where it did not run before`,
  })
}

/** Does something more once a move has come about; that it fails is no matter. */
const followedBy = (move: Command, more: Script): Command => ({
  ...move,
  script: lines(sh`(`, { text: move.script }, sh`) || exit`, sh`${more} || :`).text,
})

function unlessUntouched(
  unit: string,
  backup: Backup,
  move: Command,
  { ranBefore, shown }: { ranBefore: boolean; shown: string },
): Command {
  const ran = sh`awk -v unit=${unit} '$1 == unit && $2 ~ /^(active|activating|reloading)$/ { ran = 1 } END { exit !ran }' ${backupPath(backup)}`
  return command({
    script: lines(
      systemdWords('system'),
      sh`[ -e ${backupPath(backup)} ] || exit 0`,
      when(ranBefore ? sh`! ${ran}` : ran, sh`exit 0`),
      sh`now=$(${noteOf([unit])})`,
      sh`grep -qsxF -e "$now" -- ${backupPath(backup)} ${backupPath(backup, 'again')} && exit 0`,
      { text: move.script },
    ),
    shown,
    effect: 'change',
    category,
    ...(move.timeoutMs === undefined ? {} : { timeoutMs: move.timeoutMs }),
  })
}

/** Exit 0 when systemd has read a unit's files since they changed, and can load it. */
export const isLoaded = (unit: string): Script =>
  and(
    sh`[ "$(systemctl show --property=LoadState --value -- ${unit})" = loaded ]`,
    sh`[ "$(systemctl show --property=NeedDaemonReload --value -- ${unit})" = no ]`,
  )

/** A unit file must be one that systemd can read before anything depends on it. */
export const mustLoad = (unit: string): Script =>
  lines(
    sh`systemctl daemon-reload`,
    sh`state=$(systemctl show --property=LoadState --value -- ${unit})`,
    when(sh`[ "$state" != loaded ]`, refuse(`systemd cannot load the new file of ${unit}`)),
  )
