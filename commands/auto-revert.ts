import type { Command } from '../schema/command.ts'
import type { SavedState } from '../schema/plan.ts'
import {
  removeUnits,
  restoreScript,
  type Revert,
  revertDirectory,
  revertRoot,
  revertToken as token,
  revertUnit,
  serviceUnit,
  surroundings,
  timerUnit,
  unitFile,
} from './revert-script.ts'
import { canSave, removeReady, saveState, stateBack } from './saved-state.ts'
import { and, command, lines, reading, refuse, sh, strict, when, type Script } from './shell.ts'

export { revertDirectory, type Revert } from './revert-script.ts'

type Saved = Pick<Revert, 'operationId' | 'save'>

const category = 'system'
/** Room that stays free for the log and for copies when something else fills the disk. */
const reserveBytes = 524_288
const leastFreeKib = 4096

/** Exit 0 where an automatic revert could be armed; else why not. */
export const canArmRevert = ({ operationId, save }: Revert): Command =>
  command({
    script: lines(surroundings, ...preconditions(operationId), canSave(save)),
    shown: 'see whether an automatic revert can be armed',
    effect: 'read',
    category,
  })

const preconditions = (operationId: string): Script[] => [
  when(sh`[ "$(id -u)" != 0 ]`, refuse('an automatic revert can only be armed by root')),
  when(
    sh`[ ! -d /run/systemd/system ]`,
    refuse('systemd does not run on it, so it could not restore itself: an automatic revert cannot be armed'),
  ),
  when(
    sh`! command -v flock >/dev/null || ! command -v sha256sum >/dev/null || ! command -v timeout >/dev/null`,
    refuse('flock, sha256sum or timeout is missing on it'),
  ),
  sh`for other in ${{ text: revertRoot }}/*/armed; do
  if [ -e "$other" ] && [ "$other" != ${token(operationId)} ]; then
    printf '%s\n' "another automatic revert is armed on it: $other" >&2
    exit 1
  fi
done`,
  sh`at=${{ text: revertRoot }}
until [ -d "$at" ]; do at=$(dirname -- "$at"); done
if [ ! -w "$at" ] || [ "$(($(stat -f -c '%a * %S' -- "$at") / 1024))" -lt ${leastFreeKib} ]; then
  printf '%s\n' "$at: no space left on device, or it cannot be written to: an automatic revert cannot be armed" >&2
  exit 1
fi`,
]

/**
 * Saves the state, writes what would bring it back, and starts the clock: a timer that no change of the wall clock
 * moves, and a unit that also restores when the host boots in between. Nothing stays of it where it fails.
 */
export const armRevert = (revert: Revert): Command => {
  const { operationId, timeoutMs, save } = revert
  const d = revertDirectory(operationId)
  return command({
    script: strict(
      surroundings,
      sh`mkdir -p -- ${revertRoot}`,
      sh`exec 9>${{ text: revertRoot }}/lock`,
      sh`flock -w 30 9`,
      ...preconditions(operationId),
      sh`d=${d}`,
      when(sh`[ -e "$d" ]`, refuse('this automatic revert was armed before')),
      sh`trap ${lines(sh`set +e`, sh`rm -f -- ${token(operationId)}`, removeUnits(operationId), removeReady(save)).text} EXIT`,
      sh`mkdir -- "$d"`,
      saveState(save),
      sh`head -c ${reserveBytes} /dev/urandom >"$d/reserve"`,
      sh`printf '%128s' '' >"$d/outcome"`,
      reading(sh`cat >"$d/restore"`, restoreScript(revert).text),
      sh`sh -n "$d/restore"`,
      sh`umask 022`,
      reading(sh`cat >${unitFile(operationId, 'service')}`, serviceUnit(revert)),
      reading(sh`cat >${unitFile(operationId, 'timer')}`, timerUnit(operationId, timeoutMs)),
      sh`umask 077`,
      // The token comes last but the clock: what is not whole can restore nothing.
      sh`printf '%s\n' ${operationId} >"$d/armed"`,
      sh`sync`,
      sh`systemctl daemon-reload`,
      sh`systemctl --quiet enable -- ${`${revertUnit(operationId)}.service`} ${`${revertUnit(operationId)}.timer`}`,
      sh`read -r up rest </proc/uptime`,
      sh`printf '%s %s\n' "$up" ${timeoutMs} >"$d/clock"`,
      sh`systemctl start -- ${`${revertUnit(operationId)}.timer`}`,
      sh`sync -- "$d/clock"`,
      sh`trap - EXIT`,
    ),
    shown: `arm the automatic revert: the host restores itself after ${timeoutMs / 1000} s`,
    effect: 'change',
    category,
    timeoutMs: 60_000,
  })
}

/** Exit 0 when the clock runs, the units would survive a boot, the token is there, and what was saved can be read. */
export const isRevertAlive = ({ operationId }: Revert): Command => {
  const names = [`${revertUnit(operationId)}.service`, `${revertUnit(operationId)}.timer`]
  const [service, timer] = names
  return command({
    script: lines(
      surroundings,
      sh`d=${revertDirectory(operationId)}
dead() { printf '%s\n' "the automatic revert is not alive: $*" >&2; exit 1; }
[ -s "$d/armed" ] || dead "its token is gone"
[ -s "$d/restore" ] && [ -s "$d/clock" ] && [ -e "$d/units" ] || dead "what it would run is not there"
(cd -- "$d/saved" && sha256sum -c --status -- ../manifest) || dead "what was saved cannot be read"
systemctl is-active --quiet -- ${timer ?? ''} || dead "its timer does not run"
case $(systemctl show --property=NextElapseUSecMonotonic --value -- ${timer ?? ''}) in
  '' | 0 | infinity) dead "its timer has no next time" ;;
esac
for name in ${names}; do
  [ "$(systemctl show --property=LoadState --value -- "$name")" = loaded ] || dead "$name is not loaded"
  systemctl is-enabled --quiet -- "$name" || dead "$name would not survive a boot"
done
systemctl cat -- ${service ?? ''} | grep -qF ${`ExecStart=/bin/sh ${revertDirectory(operationId)}/restore`} || dead "its unit is another's"`,
    ),
    shown: 'see that the automatic revert is armed and alive',
    effect: 'read',
    category,
  })
}

/**
 * Renames the token, so that the host will not restore itself; fails where the host was first. What was saved stays;
 * what others saved and nothing needs any more goes.
 */
export const disarmRevert = ({ operationId, save, drop = [] }: Saved & Pick<Revert, 'drop'>): Command =>
  command({
    script: lines(
      surroundings,
      claim(operationId),
      when(
        sh`[ -e "$d/claimed-by-restore" ]`,
        refuse('the host was first: it has restored itself, because no log-in was proved in time'),
      ),
      when(sh`[ ! -e "$d/claimed-by-disarm" ]`, refuse('no automatic revert is armed')),
      cleanUp(operationId, save),
      ...drop.map((old) => when(sh`[ ! -e ${token(old)} ]`, sh`rm -rf -- ${revertDirectory(old)} || true`)),
    ),
    shown: 'disarm the automatic revert',
    effect: 'change',
    category,
    timeoutMs: 60_000,
  })

/** Takes an automatic revert back when its operation has taken back all else; it may have restored, or never been armed. */
export const standDown = ({ operationId, save }: Saved): Command =>
  command({
    script: lines(
      surroundings,
      claim(operationId),
      when(sh`[ -e "$d/claimed-by-disarm" ]`, cleanUp(operationId, save)),
    ),
    shown: 'take the automatic revert back',
    effect: 'change',
    category,
    timeoutMs: 60_000,
  })

const claim = (operationId: string): Script =>
  sh`d=${revertDirectory(operationId)}
if mv -T -- "$d/armed" "$d/claimed-by-disarm" 2>/dev/null; then sync -- "$d"; fi`

const cleanUp = (operationId: string, save: SavedState): Script =>
  lines(removeUnits(operationId), removeReady(save), sh`rm -f -- "$d/reserve"`, sh`sync`)

/** Lets the host begin at once to restore itself, which also ends this run; nothing happens where nothing is armed. */
export const restoreNow = (operationId: string): Command =>
  command({
    script: lines(
      surroundings,
      when(
        sh`[ -e ${token(operationId)} ]`,
        sh`systemctl start -- ${`${revertUnit(operationId)}.service`}
tries=0
while [ -e ${token(operationId)} ]; do
  tries=$((tries + 1))
  if [ $tries -gt 200 ]; then echo "it does not begin to restore itself" >&2; exit 1; fi
  sleep 0.05
done`,
      ),
    ),
    shown: 'let the host restore itself now',
    effect: 'change',
    category,
  })

/** What a step that may cut access begins with: without an armed revert it changes nothing. */
export const onlyWhileArmed = (operationId: string, step: Command): Command => ({
  ...step,
  script: lines(
    when(
      sh`[ ! -e ${token(operationId)} ]`,
      refuse('no automatic revert is armed on this host any more, so nothing was changed'),
    ),
    { text: step.script },
  ).text,
})

/** Exit 0 where all of these do: nothing is left to be done that would need an automatic revert. */
export const allHold = (checks: readonly Command[]): Command =>
  command({
    script: and(
      ...checks.map(
        ({ script }) => sh`(
${{ text: script }}
)`,
      ),
    ),
    shown: 'see whether anything is left to be done',
    effect: 'read',
    category,
    timeoutMs: 120_000,
  })

/** Exit 0 where this operation armed nothing, because nothing was to be done. */
export const wasNeverArmed = (operationId: string): Command =>
  command({
    script: sh`[ ! -e ${revertDirectory(operationId)} ]`,
    shown: 'see whether an automatic revert was armed',
    effect: 'read',
    category,
  })

export const isDisarmed = (operationId: string): Command =>
  command({
    script: sh`[ -e ${`${revertDirectory(operationId)}/claimed-by-disarm`} ]`,
    shown: 'see that the automatic revert is disarmed',
    effect: 'read',
    category,
  })

/** Puts the state that an operation saved back by hand; all of it must be as it was at the end. */
export const putStateBack = ({ operationId, save }: Saved): Command =>
  command({
    script: lines(
      surroundings,
      sh`umask 077
d=${revertDirectory(operationId)}
note() { printf '%s\n' "$*"; }`,
      when(sh`[ ! -s "$d/manifest" ]`, refuse(`nothing is saved in ${revertDirectory(operationId)}`)),
      stateBack(save),
      sh`sync`,
      sh`[ "$problems" = 0 ]`,
    ),
    shown: 'put back what was saved before',
    effect: 'change',
    category,
    timeoutMs: 300_000,
  })
