import type { AutoRevert } from '../schema/plan.ts'
import { removeReady, stateBack } from './saved-state.ts'
import { lines, sh, type Script } from './shell.ts'

/** An automatic revert: one operation's, on one host. */
export type Revert = Pick<AutoRevert, 'timeoutMs' | 'save' | 'drop'> & { readonly operationId: string }

/** Where automatic reverts keep what they saved: each in a directory of its own, for root alone. */
export const revertRoot = '/var/lib/drydock/reverts'

export const revertDirectory = (operationId: string): string => `${revertRoot}/${operationId}`
/** Whoever renames it first decides: the host, or we. */
export const revertToken = (operationId: string): string => `${revertDirectory(operationId)}/armed`
export const revertUnit = (operationId: string): string => `drydock-revert-${operationId}`

/** Root's usual environment, whoever starts the script. */
export const surroundings = sh`LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH`

export const unitFile = (operationId: string, kind: 'service' | 'timer'): string =>
  `/etc/systemd/system/${revertUnit(operationId)}.${kind}`

/**
 * After what it reloads: once that has begun, whether well or not, a boot is far enough for it. Other names of a unit
 * must not stand here: systemd takes them for units of their own, and forgets that the unit runs when they are joined.
 */
export const serviceUnit = ({ operationId, save }: Revert): string => `[Unit]
Description=Drydock: bring back what operation ${operationId} changed, unless its log-in was proved
After=local-fs.target network.target ufw.service nftables.service firewalld.service netfilter-persistent.service ${save.reload.join(' ')}

[Service]
Type=simple
ExecStart=/bin/sh ${revertDirectory(operationId)}/restore
Restart=on-abnormal
RestartSec=1
OOMScoreAdjust=-1000

[Install]
WantedBy=multi-user.target
`

/** Monotonic: a clock that jumps moves it not. */
export const timerUnit = (operationId: string, timeoutMs: number): string => `[Unit]
Description=Drydock: the time in which operation ${operationId} has to prove its log-in

[Timer]
OnActiveSec=${timeoutMs}ms
AccuracySec=100ms

[Install]
WantedBy=timers.target
`

/** Takes timer and unit away again. */
export const removeUnits = (operationId: string): Script =>
  sh`systemctl --quiet stop -- ${`${revertUnit(operationId)}.timer`} 2>/dev/null
systemctl --quiet disable -- ${`${revertUnit(operationId)}.timer`} ${`${revertUnit(operationId)}.service`} 2>/dev/null
rm -f -- ${unitFile(operationId, 'timer')} ${unitFile(operationId, 'service')}
systemctl daemon-reload`

/** What the host runs by itself: whoever renames the token first has decided. A restore that was cut off goes on. */
export const restoreScript = ({ operationId, save }: Revert): Script => {
  const d = revertDirectory(operationId)
  return lines(
    surroundings,
    sh`umask 077
d=${d}
note() {
  line="$(date -u +%Y-%m-%dT%H:%M:%SZ) $*"
  printf '%s\n' "$line"
  printf '%s\n' "$line" >>"$d/log"
} 2>/dev/null
if mv -T -- "$d/armed" "$d/claimed-by-restore" 2>/dev/null; then sync -- "$d"
elif [ -e "$d/claimed-by-restore" ] && ! grep -q '^restored ' "$d/outcome"; then :
else exit 0
fi
exec 9<"$d/claimed-by-restore"
flock -n 9 || exit 0
rm -f -- "$d/reserve"
note "no log-in was proved in time: restoring"`,
    endRuns(operationId),
    stateBack(save),
    sh`printf 'restored %s %s .' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$problems" 1<>"$d/outcome"
note "restored, $problems problems"
sync`,
    removeReady(save),
    removeUnits(operationId),
  )
}

/** What the operation still runs must not go on changing what is being put back. */
const endRuns = (operationId: string): Script => {
  const mark = `^DRYDOCK_RUN=${operationId}\\.`
  return sh`left() { grep -lzE ${mark} /proc/[0-9]*/environ 2>/dev/null | cut -d / -f 3; }
tries=0
while [ $tries -lt 30 ] && [ -n "$(left)" ]; do
  if [ $tries -lt 10 ]; then kill -TERM $(left) 2>/dev/null; else kill -KILL $(left) 2>/dev/null; fi
  tries=$((tries + 1))
  sleep 0.1
done
[ $tries = 0 ] || note "ended what the operation still ran"`
}
