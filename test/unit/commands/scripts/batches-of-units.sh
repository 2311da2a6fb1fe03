is_up() { systemctl is-active --quiet -- "$1"; }
failed_units() { systemctl list-units --failed --plain --no-legend 2>/dev/null | awk '{ print $1 }' | tr '\n' ' '; }
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
    if [ $tries -gt '60' ]; then why="the host is too busy: its load is $(cut -d ' ' -f 1 /proc/loadavg)"; return 1; fi
    sleep 1
  done
}
before=
for name in 'a' 'b' 'c'; do if is_up "$name"; then before="$before $name"; fi; done
own=' a b c a.service b.service c.service '
failed=$(failed_units)
door=$(doors)
cpus=$(nproc 2>/dev/null || echo 1)
most_load=$((4 * cpus))
if [ $(($(load) + 2 * cpus)) -gt "$most_load" ]; then most_load=$(($(load) + 2 * cpus)); fi
done=
printf '%s\n' 'batch 1 of 2: a b'
if ! 'systemctl' 'stop' 'a' 'b'; then stop_here "in" 'batch 1 of 2' 'its command failed, and some of a b may have been hit' 'c'; fi
done="$done "'a b'
if ! is_healthy 'c'; then stop_here "after" 'batch 1 of 2' "$why" 'c'; fi
printf '%s\n' 'batch 2 of 2: c'
if ! 'systemctl' 'stop' 'c'; then stop_here "in" 'batch 2 of 2' 'its command failed, and some of c may have been hit' ; fi
done="$done "'c'
if ! is_healthy ; then stop_here "after" 'batch 2 of 2' "$why" ; fi
printf '%s\n' 'all 2 batches ran'
