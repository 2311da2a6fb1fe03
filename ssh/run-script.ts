import { kill, reap, reapOnly, signal } from './end-script.ts'

/**
 * With end-script.ts the one place outside commands/ with shell text. It is POSIX sh for dash, bash and busybox, is sent on standard input to
 * `sh -s`, and stays constant: values come in front as assignments of words that need no quoting, or as printf formats.
 * Each text is one brace group, so that a connection cut while it is sent leaves a syntax error and not half a program.
 */

/**
 * Stands beside a run until it ends, in a session of its own, holding the run's lock as descriptor 9 and nothing of the
 * connection. Arguments: name, limit, whole seconds of the limit, file of secrets, "lock" where it must take the lock
 * itself, umask of the log-in.
 */
const supervisor = `
id=$1 d=\${0%/run} spare=$$ sid=$$ tsid= told= n=0 dead=
umask 077
if [ "$5" = lock ]; then
  exec 9<"$d/lock"
  flock -n 9 || exit 1
  if [ -e "$d/started" ] || [ -e "$d/killed" ]; then exit 1; fi
fi
cd 2>/dev/null || cd /
read -r up x </proc/uptime
printf "%s %s\\n" $$ "$up" >"$d/started" || exit 1
if [ -e "$d/killed" ]; then code=143
else
  (
    umask "$6"
    DRYDOCK_RUN=$id DRYDOCK_TERMINAL=$d/terminal; export DRYDOCK_RUN DRYDOCK_TERMINAL
    if [ -n "$4" ]; then . "$4"; rm -f "$4"; fi
    exec timeout -k 5 "$2" sh "$d/script" </dev/null >>"$d/out" 2>>"$d/err" 9<&-
  )
  code=$?
fi
read -r end x </proc/uptime
how=ended
case $code in 143) s=TERM ;; 137) s=KILL ;; *) s= ;; esac
if [ -n "$s" ] && grep -qx "$s" "$d/signalled" 2>/dev/null; then how=signalled; fi
case $code in 124|137) [ $((\${end%.*} - \${up%.*})) -ge $3 ] && how=timeout ;; esac
if [ -e "$d/killed" ]; then how=killed; fi
if [ $how = timeout ]; then
  terminal
  while victims && [ $n -lt 300 ]; do signal_victims; n=$((n + 1)); sleep 0.1; done 9<&-
fi
printf "%s %s %s %s ." $code "$up" "$end" $how 1<>"$d/exit"
`

const common = `
umask 077
say() { printf '%s:%s\\n' "$N" "$*"; }
begin() { say begin; say begin >&2; }
finish() { say end >&2; say end "$@"; exit 0; }
read_exit() { x=; { read -r code up end how x <"$d/exit"; } 2>/dev/null; [ "$x" = . ]; }
`

/** Decides what became of a run, starts it if that is allowed and certain to be the first time, and follows it to its end. */
const run = `
d=$root/$id
opened= launched= s= booted=
same_boot() {
  [ -z "$booted" ] || return 0
  IFS= read -r b </proc/sys/kernel/random/boot_id
  l='? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ?'; { IFS= read -r l </proc/1/stat; } 2>/dev/null
  set -- \${l##*) }
  [ "$boot" = "$b:\${20}" ] || [ "$boot" = "$b:?" ] || [ "\${20}" = '?' -a "\${boot%:*}" = "$b" ] || return 1
  booted=1
}
refuse() {
  LC_ALL=C; export LC_ALL
  why=$( { mkdir -p "$d" && put_script | cat >"$d/probe"; } 2>&1 )
  rm -rf "$d"
  finish refused "\${why:-cannot write to $root}"
}
done_with() { emit; finish "$@"; }
lost() { done_with unknown "it was started and ended without leaving an exit status: the host rebooted, or its processes were killed from outside"; }
open_output() {
  [ -z "$opened" ] && [ -e "$d/err" ] || return 0
  opened=1
  exec 3<"$d/out" 4<"$d/err"
  [ $o1 = 0 ] || dd bs=1 skip=$o1 count=0 <&3 2>/dev/null
  [ $o2 = 0 ] || dd bs=1 skip=$o2 count=0 <&4 2>/dev/null
}
emit() {
  open_output
  [ -n "$opened" ] || return 0
  [ ! -s "$d/out" ] || emit_from 3
  [ ! -s "$d/err" ] || emit_from 4 >&2
}
emit_from() {
  { read -r x at; } </proc/self/fdinfo/$1
  [ $at -ge $keep ] || head -c $((keep - at)) <&$1
}
start() {
  [ -z "$launched" ] || finish unknown "its supervisor ended before it could start"
  launched=1
  { printf '%64s' '' >"$d/exit" && put_script >"$d/script" && put_supervisor >"$d/run" &&
    true >"$d/out" && true >"$d/err"; } 2>/dev/null || refuse
  if [ -n "$shm" ]; then
    s=$shm/drydock-$id-$token
    ( set -C; put_secrets >"$s" ) 2>/dev/null || { rm -f "$s"; refuse; }
  fi
  if [ $mode = unit ]; then
    exec 9<&-
    systemd-run --quiet --collect --no-ask-password --unit="drydock-$id-$token" -p KillMode=process \\
      --setenv=HOME="$HOME" --setenv=PATH="$PATH" sh "$d/run" "$id" $limit $whole "$s" lock $mask </dev/null >/dev/null 2>&1
    i=0
    until [ -e "$d/started" ] || [ $i -ge 100 ]; do sleep 0.05; i=$((i + 1)); done
  else
    setsid sh "$d/run" "$id" $limit $whole "$s" - $mask </dev/null >/dev/null 2>&1 &
    exec 9<&-
  fi
}
cut_off() {
  (
    exec 3<&- 4<&- 5<"$d/lock" </dev/null >/dev/null 2>&1
    until flock -s -w 2 5; do
      for f in "$d/out" "$d/err"; do size=$(stat -c %s "$f") && [ $size -gt $keep ] && truncate -s $keep "$f"; done
    done
  ) &
}
follow() {
  exec 5<"$d/lock"
  i=0
  for t in 0.05 0.05 0.1 0.2; do
    if flock -s -w $t 5; then exec 5<&-; return; fi
    emit
  done
  # So that a chatty command fills no disk, also while nobody follows it. It waits for the run's lock, and ends with it.
  cut_off
  until flock -s -w 0.3 5; do
    emit
    i=$((i + 1))
    if [ $i -ge 15 ]; then i=0; say tick; fi
  done
  exec 5<&-
}
begin
if [ ! -d "$d" ]; then
  [ $may = 1 ] || finish unknown "the host has no trace of it"
  same_boot || finish unknown "the host has booted again and has no trace of it"
  [ -d "$root" ] || mkdir -p "$root" 2>/dev/null
  mkdir "$d" 2>/dev/null || [ -d "$d" ] || refuse
fi
[ -e "$d/lock" ] || { true >"$d/lock"; } 2>/dev/null || refuse
while :; do
  read_exit && done_with ended $code $up $end $how
  exec 9<"$d/lock"
  if flock -n 9; then
    # Nobody may wait for this lock while a slow reader takes the output.
    read_exit && { exec 9<&-; done_with ended $code $up $end $how; }
    [ ! -e "$d/started" ] || { exec 9<&-; lost; }
    [ ! -e "$d/killed" ] || finish ended 143 0 0 killed
    [ $may = 1 ] || finish unknown "it was prepared and never started"
    same_boot || finish unknown "it was prepared in an earlier boot of the host"
    start
  else
    exec 9<&-
  fi
  follow
done
`

const sweep = `
begin
for id in $ids; do
  d=$root/$id
  [ -d "$d" ] || continue
  if [ -e "$d/lock" ]; then
    exec 9<"$d/lock"
    flock -n 9 || { kept="$kept $id"; continue; }
  fi
  rm -rf "$d"
  [ -z "$shm" ] || rm -f "$shm/drydock-$id-"*
done
exec 9<&-
finish swept $kept
`

/** What an identity on a host is and offers; asked once a connection. */
const probe = `
begin
IFS= read -r b </proc/sys/kernel/random/boot_id
l='? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ?'; { IFS= read -r l </proc/1/stat; } 2>/dev/null
set -- \${l##*) }
boot=$b:\${20}
uid=$(id -u)
missing=
for tool in setsid flock timeout grep mkdir cat head dd stat truncate sleep rm; do
  command -v $tool >/dev/null 2>&1 || missing="$missing,$tool"
done
shm=
while read -r dev where kind rest; do
  case $kind:$where in tmpfs:/dev/shm|tmpfs:/run/user/$uid|tmpfs:/run) [ -n "$shm" ] || { [ -w "$where" ] && shm=$where; } ;; esac
done </proc/self/mounts
mode=direct
scope=
while IFS= read -r l; do case $l in *session-*.scope*) scope=1 ;; esac; done </proc/self/cgroup
logind() { busctl get-property org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager $1 2>/dev/null; }
if [ -n "$scope" ] && [ "$(logind KillUserProcesses)" = 'b true' ]; then
  only=$(logind KillOnlyUsers)
  case $(logind KillExcludeUsers) in
    *\\"$login\\"*) ;;
    *) case $only in 'as 0'|*\\"$login\\"*) if [ "$uid" = 0 ] && command -v systemd-run >/dev/null; then mode=unit; else mode=none; fi ;; esac ;;
  esac
fi
printf '%s\\n' "$boot" "$uid" "$missing" "$shm" "$mode" "$mask" "$HOME"
finish ok
`

/** Leading blanks, comments and empty lines only cost bytes on the way. */
const tight = (text: string): string =>
  text
    .replace(/^[ \t]+/gm, '')
    .replace(/^#.*\n/gm, '')
    .replace(/\n{2,}/g, '\n')

export const texts = {
  run: tight(common + run),
  kill: tight(common + reap + kill),
  signal: tight(common + reap + signal),
  sweep: tight(common + sweep),
  reap: tight(common + reap + reapOnly),
  probe: tight(`mask=$(umask)${common}${probe}`),
} as const

export const supervisorText = tight(reap + supervisor).replace(/^\n/, '')
