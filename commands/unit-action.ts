import type { Command } from '../schema/command.ts'
import type { UnitScope, UnitVerb } from '../schema/unit.ts'
import { lastJournalLines } from './journal.ts'
import { command, lines, sh, type Script } from './shell.ts'
import { systemctl, systemdWords, type UnitOf } from './systemd.ts'

/** How long a unit is waited for, and looked at once it is there. */
export type Patience = {
  /** All in all, in milliseconds; whole seconds count. */
  readonly deadlineMs: number
  /** A unit is up when it has run with the same process for this long: one that dies at once is not. */
  readonly settleMs?: number
  /** Lines of its journal that a failure prints. */
  readonly logLines?: number
}

type Moving = Extract<UnitVerb, 'start' | 'stop' | 'restart' | 'reload'>

const pollSeconds = 0.2
/** systemd kills what does not stop, and tells; our own limit only ends a host that hangs. */
const slackMs = 30_000

/**
 * Restarts a unit and waits until it is up. Where it does not come up in time, the command fails: its standard output
 * is then the last lines of the unit's journal since the restart, its standard error what state the unit is in.
 */
export const restartUntilUp = (of: UnitOf, patience: Patience): Command => moveUnit('restart', of, patience)

/** The same for each act that ends in a state: `start`, `restart` and `reload` in a running unit, `stop` in a resting one. */
export function moveUnit(verb: Moving, of: UnitOf, { deadlineMs, settleMs = 1_000, logLines = 18 }: Patience): Command {
  const { unit, scope = 'system' } = of
  const seconds = Math.ceil(deadlineMs / 1_000)
  const act = verb === 'reload' ? 'reload-or-restart' : verb
  return command({
    script: lines(
      systemdWords(scope),
      sh`since=$(date +%s)`,
      // The clock of the boot: nobody sets it.
      sh`limit=${seconds}; IFS=. read -r up rest < /proc/uptime; until=$((up + limit))`,
      sh`said=$(timeout "$limit" ${systemctl(scope)} ${{ text: act }} -- ${unit} 2>&1)`,
      sh`status=$?`,
      verb === 'stop' ? waitUntilStopped(of) : waitUntilUp(of, Math.ceil(settleMs / 1_000 / pollSeconds)),
      ...tellFailure(of, logLines, verb === 'stop' ? 'down' : 'up'),
    ),
    shown: `systemctl ${scope === 'user' ? '--user ' : ''}${act} ${unit}, and wait until it is ${verb === 'stop' ? 'down' : 'up'}`,
    effect: 'change',
    category: 'system',
    timeoutMs: seconds * 1_000 + slackMs,
  })
}

/**
 * Up is `active` with the same process for a while, or a oneshot that has ended well. What has ended otherwise is looked
 * at twice. Between two tries of systemd's own a unit is `activating`, and is waited for.
 */
const waitUntilUp = (of: UnitOf, steadyPolls: number): Script =>
  lines(
    sh`seen= steady=0 ended=0`,
    sh`while :; do`,
    lookAtUnit(of),
    sh`case "$active.$type.$result" in`,
    sh`active.*) [ "$seen" = "$pid.$restarts" ] && steady=$((steady + 1)) || steady=0; seen=$pid.$restarts ended=0 ;;`,
    sh`inactive.oneshot.success) [ "$status" -ne 0 ] || exit 0; break ;;`,
    sh`failed.* | inactive.*) ended=$((ended + 1)) seen= ;;`,
    sh`*) seen= ended=0 ;;`,
    sh`esac`,
    sh`[ "$status" -ne 0 ] || [ "$steady" -lt ${steadyPolls} ] || exit 0`,
    sh`[ "$ended" -lt 2 ] || break`,
    untilTheEnd,
    sh`done`,
  )

const waitUntilStopped = (of: UnitOf): Script =>
  lines(
    sh`while :; do`,
    lookAtUnit(of),
    sh`case "$active" in inactive | failed) [ "$status" -ne 0 ] || exit 0; break ;; esac`,
    untilTheEnd,
    sh`done`,
  )

/** What systemctl refused does not come about by waiting. 124 is how timeout(1) says that it waited in vain. */
const untilTheEnd = lines(
  sh`[ "$status" -eq 0 ] || [ "$status" -eq 124 ] || break`,
  sh`IFS=. read -r up rest < /proc/uptime; [ "$up" -lt "$until" ] || break`,
  sh`sleep ${{ text: String(pollSeconds) }}`,
)

const lookAtUnit = ({ unit, scope = 'system' }: UnitOf): Script =>
  lines(
    sh`active= sub= type= result= pid= restarts= code=`,
    sh`while IFS='=' read -r key value; do`,
    sh`case "$key" in`,
    sh`ActiveState) active=$value ;; SubState) sub=$value ;; Type) type=$value ;; Result) result=$value ;;`,
    sh`MainPID) pid=$value ;; NRestarts) restarts=$value ;; ExecMainStatus) code=$value ;;`,
    sh`esac`,
    sh`done <<DRYDOCK_STATE`,
    sh`$(${systemctl(scope)} show --property=ActiveState,SubState,Type,Result,MainPID,NRestarts,ExecMainStatus -- ${unit})`,
    sh`DRYDOCK_STATE`,
  )

/** systemctl's own words where the unit's state does not explain itself; the journal is flushed before it is read. */
const tellFailure = (of: UnitOf, logLines: number, wanted: string): readonly Script[] => [
  sh`journalctl --sync > /dev/null 2>&1`,
  lastJournalLines(of, logLines, sh`"@$since"`),
  sh`[ "$active" = failed ] || [ -z "$said" ] || printf '%s\n' "$said" >&2`,
  sh`[ -z "$result" ] || [ "$result" = success ] && why= || why=", result $result"`,
  sh`[ -z "$code" ] || [ "$code" = 0 ] || why="$why, exit status $code"`,
  sh`[ -z "$restarts" ] || [ "$restarts" = 0 ] || why="$why, started again $restarts times"`,
  sh`[ "$active" = active ] && but='but does not stay' || but=not`,
  sh`printf '%s\n' ${of.unit}" is $active ($sub$why), $but "${wanted}"." >&2`,
  sh`exit 1`,
]

/** Has a unit start with the host, or not. */
export const switchUnit = (verb: 'enable' | 'disable', { unit, scope = 'system' }: UnitOf): Command =>
  command({
    script: lines(systemdWords(scope), sh`${systemctl(scope)} ${{ text: verb }} -- ${unit}`),
    shown: plainWords(verb, unit, scope),
    effect: 'change',
    category: 'system',
    timeoutMs: 120_000,
  })

/** The act as somebody would type it: what lists of allowed and denied commands are about. */
export const plainWords = (verb: UnitVerb, unit: string, scope: UnitScope): string =>
  `systemctl ${scope === 'user' ? '--user ' : ''}${verb} ${unit}`
