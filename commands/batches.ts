import type { Command } from '../schema/command.ts'
import type { Split } from '../schema/guard.ts'
import { command, lines, sh, type Script } from './shell.ts'

/**
 * A bulk act as batches of names, one durable run: between them the host looks at itself, and it ends at the first
 * batch that fails or after which something else is down, and says what ran and what did not.
 */
export function inBatches({ kind, words, batches }: Split, like: Pick<Command, 'category' | 'timeoutMs'>): Command {
  const all = batches.flat()
  return command({
    script: lines(
      looks(kind, words),
      sh`before=
for name in ${all}; do if is_up "$name"; then before="$before $name"; fi; done
own=${` ${all.join(' ')} ${all.map((name) => `${name}.service`).join(' ')} `}
failed=$(failed_units)
door=$(doors)
cpus=$(nproc 2>/dev/null || echo 1)
most_load=$((${{ text: String(mostLoad) }} * cpus))
if [ $(($(load) + 2 * cpus)) -gt "$most_load" ]; then most_load=$(($(load) + 2 * cpus)); fi
done=`,
      ...batches.map((batch, index) =>
        oneBatch(words, batch, { index, of: batches.length, rest: batches.slice(index + 1).flat() }),
      ),
      sh`printf '%s\n' ${`all ${batches.length} batches ran`}`,
    ),
    shown: `${words.join(' ')} ${all.slice(0, 3).join(' ')}${all.length > 3 ? ` and ${all.length - 3} more` : ''}, in ${batches.length} batches`,
    effect: 'change',
    category: like.category,
    ...(like.timeoutMs === undefined ? {} : { timeoutMs: like.timeoutMs }),
  })
}

function oneBatch(
  words: readonly string[],
  batch: readonly string[],
  at: { index: number; of: number; rest: readonly string[] },
): Script {
  const { index, of, rest } = at
  const name = `batch ${index + 1} of ${of}`
  return sh`printf '%s\n' ${`${name}: ${batch.join(' ')}`}
if ! ${words} ${batch}; then stop_here "in" ${name} ${`its command failed, and some of ${batch.join(' ')} may have been hit`} ${rest}; fi
done="$done "${batch.join(' ')}
if ! is_healthy ${rest}; then stop_here "after" ${name} "$why" ${rest}; fi`
}

/** Times the processors; a host that was busier before may be a little more so. */
const mostLoad = 4
const mostSeconds = 60

/** What is looked at: the names that are still to come, the way in, units that fail, and how busy the host is. */
function looks(kind: Split['kind'], words: readonly string[]): Script {
  const prefix = words[0] === 'sudo' ? words.slice(0, 2) : words.slice(0, 1)
  return lines(
    kind === 'containers'
      ? sh`is_up() { [ "$(${prefix} inspect --format '{{.State.Running}}' "$1" 2>/dev/null)" = true ]; }`
      : sh`is_up() { systemctl is-active --quiet -- "$1"; }`,
    sh`failed_units() { systemctl list-units --failed --plain --no-legend 2>/dev/null | awk '{ print $1 }' | tr '\n' ' '; }
load() { cut -d . -f 1 /proc/loadavg; }
doors() { for unit in ssh.service ssh.socket sshd.service sshd.socket dropbear.service; do if systemctl is-active --quiet -- "$unit" 2>/dev/null; then echo yes; return; fi; done; }
stop_here() {
  where="$1 $2" why=$3
  shift 3
  left=" $*" did=$done
  [ -n "$did" ] || did=" nothing"
  [ $# -gt 0 ] || left=" nothing"
  printf '%s\n' "Stopped $where: $why. Done:$did. Not done:$left." >&2
  exit 1
}
is_healthy() {
  for name in "$@"; do
    case "$before " in *" $name "*) if ! is_up "$name"; then why="$name is not up any more"; return 1; fi ;; esac
  done
  if [ "$(doors)" != "$door" ]; then why="nobody can log in by SSH any more"; return 1; fi
  for unit in $(failed_units); do
    case " $failed$own" in *" $unit "*) ;; *) why="$unit has failed"; return 1 ;; esac
  done
  tries=0
  while [ "$(load)" -gt "$most_load" ]; do
    tries=$((tries + 1))
    if [ $tries -gt ${mostSeconds} ]; then why="the host is too busy: its load is $(cut -d ' ' -f 1 /proc/loadavg)"; return 1; fi
    sleep 1
  done
}`,
  )
}
