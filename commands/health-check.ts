import type { HealthCheck } from '../schema/application.ts'
import { spanMs } from '../schema/spans.ts'
import type { Command } from '../schema/command.ts'
import { lastJournalLines } from './journal.ts'
import { command, lines, sh, type Script } from './shell.ts'
import { systemdWords } from './systemd.ts'

const category = 'system'
const slackMs = 30_000

/** A check in the words that people know it by. */
export function checkInWords({ http, status = 200, body, tcp, command: text }: HealthCheck): string {
  if (http !== undefined)
    return `${http} answers ${status}${body === undefined ? '' : ` with ${JSON.stringify(body.slice(0, 60))}`}`
  return tcp === undefined
    ? `${JSON.stringify((text ?? '').slice(0, 80))} succeeds`
    : `something listens on port ${tcp}`
}

/** The units whose journal says why something is not healthy. */
export type Surroundings = { readonly units: readonly string[]; readonly cwd: string; readonly user: string }

/**
 * Waits until a check holds, as long as its limit. Where it does not, the command fails: its standard output is the last
 * lines of the units' journals, its standard error what was answered.
 */
export function waitUntilHealthy(check: HealthCheck, around: Surroundings): Command {
  const seconds = Math.max(1, Math.ceil(spanMs(check.limit) / 1_000))
  return command({
    script: lines(
      systemdWords('system'),
      probe(check, around),
      sh`limit=${seconds}; IFS=. read -r up rest < /proc/uptime; until=$((up + limit))`,
      sh`while ! probe; do`,
      sh`IFS=. read -r up rest < /proc/uptime`,
      sh`if [ "$up" -ge "$until" ]; then`,
      ...lastWords(around),
      sh`printf '%s\n' ${`Not healthy within ${check.limit}: `}"$why" >&2`,
      sh`exit 1`,
      sh`fi`,
      sh`sleep 0.5`,
      sh`done`,
    ),
    shown: `wait until ${checkInWords(check)}`,
    effect: 'change',
    category,
    timeoutMs: seconds * 1_000 + slackMs,
  })
}

/** Exit 0 when a check holds now. */
export const isHealthy = (check: HealthCheck, around: Surroundings): Command =>
  command({
    script: lines(probe(check, around), sh`probe || { printf '%s\n' "$why" >&2; exit 1; }`),
    shown: `see whether ${checkInWords(check)}`,
    effect: 'read',
    category,
    timeoutMs: 30_000,
  })

/** For a while every unit must stay the same process, and every check must hold each time it is looked at. */
export function stayHealthy(checks: readonly HealthCheck[], around: Surroundings, settle: string): Command {
  const seconds = Math.ceil(spanMs(settle) / 1_000)
  return command({
    script: lines(
      systemdWords('system'),
      sh`processes() { systemctl show --property=Id,Type,ActiveState,InvocationID,MainPID,NRestarts -- ${around.units}; }`,
      sh`rests() { printf '%s\n' "$now" | awk -v RS= ${resting}; }`,
      ...probes(checks, around).map(({ body }) => body),
      sh`give_up() {`,
      ...lastWords(around),
      sh`printf '%s\n' "$1" >&2; exit 1`,
      sh`}`,
      sh`before=$(processes)`,
      sh`limit=${seconds}; IFS=. read -r up rest < /proc/uptime; until=$((up + limit))`,
      sh`while :; do`,
      sh`now=$(processes)`,
      sh`[ "$now" = "$before" ] || give_up ${`A unit did not stay up for ${settle}: `}"$(printf '%s\n' "$now" | tr '\n' ' ')"`,
      sh`rests && give_up ${'A unit does not run: '}"$(printf '%s\n' "$now" | tr '\n' ' ')"`,
      ...checks.map(
        (_, index) =>
          sh`${{ text: `probe_${index}` }} || give_up ${`It was healthy and did not stay so for ${settle}: `}"$why"`,
      ),
      sh`IFS=. read -r up rest < /proc/uptime; [ "$up" -lt "$until" ] || exit 0`,
      sh`sleep 1`,
      sh`done`,
    ),
    shown: `see for ${settle} that everything stays healthy`,
    effect: 'change',
    category,
    timeoutMs: seconds * 1_000 + 60_000 + checks.length * 10_000,
  })
}

/** A oneshot that has ended well does what it is there for. */
const resting =
  '/ActiveState=(failed|activating|deactivating)/ || (/ActiveState=inactive/ && !/Type=oneshot/) { found = 1 } END { exit !found }'

const probe = (check: HealthCheck, around: Surroundings): Script => named('probe', check, around)

/** Functions of these names, each of which answers by its status whether its check holds now, and says in `why` what it saw. */
export const probes = (checks: readonly HealthCheck[], around: Surroundings): { name: string; body: Script }[] =>
  checks.map((check, index) => ({ name: `probe_${index}`, body: named(`probe_${index}`, check, around) }))

/** A function that answers by its status whether a check holds now, and says in `why` what it saw. */
function named(name: string, check: HealthCheck, around: Surroundings): Script {
  return lines(sh`${{ text: name }}() {`, bodyOf(check, around), sh`}`)
}

function bodyOf({ http, status = 200, body, tcp, command: text }: HealthCheck, { cwd, user }: Surroundings): Script {
  if (http !== undefined)
    return lines(
      // The status comes on a line of its own, after whatever the body is.
      sh`answer=$(curl -s -g --max-time 5 --max-filesize 1048576 -w '\n%{http_code}' -- ${http} | tr -d '\000')`,
      sh`code=$(printf '%s\n' "$answer" | tail -n 1)`,
      sh`why=${`${http} answers `}"$code"${`, wanted is ${status}`}`,
      sh`[ "$code" = 000 ] && why=${`${http} does not answer`}`,
      sh`[ "$code" = ${status} ] || return 1`,
      ...(body === undefined
        ? []
        : [
            sh`why=${`${http} answers ${status}, and its answer does not hold ${JSON.stringify(body.slice(0, 200))}`}`,
            sh`case "$answer" in *${body}*) ;; *) return 1 ;; esac`,
          ]),
      sh`return 0`,
    )
  if (tcp !== undefined)
    return lines(
      sh`why=${`nothing listens on port ${tcp}`}`,
      // A host without IPv6 lacks the second, and some awks end at that.
      sh`cat /proc/net/tcp /proc/net/tcp6 2> /dev/null | awk -v port=${`:${tcp.toString(16).toUpperCase().padStart(4, '0')}`} '$4 == "0A" && index($2, port) == length($2) - 4 { found = 1 } END { exit !found }'`,
    )
  return lines(
    sh`why=${`${JSON.stringify((text ?? '').slice(0, 200))} does not succeed`}`,
    sh`runuser -u ${user} -- sh -c ${`cd -- "$1" && ${text ?? 'true'}`} sh ${cwd} > /dev/null 2>&1 < /dev/null`,
  )
}

/** What a process said before it died reaches the journal a moment after systemd tells of its end; --sync knows only what has. */
export const lastWords = ({ units }: Surroundings): readonly Script[] => [
  sh`sleep 0.5; journalctl --sync > /dev/null 2>&1`,
  ...units.map((unit) => lastJournalLines({ unit }, Math.max(4, Math.floor(18 / units.length)), sh`'-10 minutes'`)),
]
