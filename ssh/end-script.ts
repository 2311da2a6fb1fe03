/** Parts of the programs of run-script.ts, under its rules: what ends or signals the processes of a run. */

/**
 * How a run's processes are found and ended: its session, that of the terminal it runs at, which notes itself, and every
 * process whose environment carries its name. A session's number is only believed while the run holds its lock.
 */
export const reap = `
terminal() { { read -r tsid <"$d/terminal"; } 2>/dev/null; }
victims() {
  v=
  for p in $(grep -lzxF "DRYDOCK_RUN=$id" /proc/[0-9]*/environ 2>/dev/null); do
    p=\${p#/proc/}; v="$v \${p%/environ}"
  done
  for f in /proc/[0-9]*/stat; do
    l=; { IFS= read -r l <"$f"; } 2>/dev/null
    p=\${f#/proc/}; p=\${p%/stat}; l=\${l##*) }
    set -- $l
    case $1 in Z|X) dead="$dead $p "; continue ;; esac
    [ -n "$sid" ] && case " $sid $tsid " in *" $4 "*) v="$v $p" ;; esac
  done
  live=
  for p in $v; do
    case " $spare $dead $live " in *" $p "*) ;; *) live="$live $p" ;; esac
  done
  [ -n "$live" ]
}
signal_victims() {
  for p in $live; do
    if [ $n -ge 50 ]; then kill -KILL $p
    else case " $told " in *" $p "*) ;; *) told="$told $p"; kill -TERM $p; kill -CONT $p ;; esac
    fi
  done 2>/dev/null
}
`

/** Ends a run and everything it started, and waits until nothing of it is left. A run that never started can start no more. */
export const kill = `
d=$root/$id
sid= tsid= spare= told= n=0 dead= free=0 was=was_gone killed_it=
begin
[ -d "$root" ] || mkdir -p "$root" 2>/dev/null
[ -d "$d" ] || mkdir "$d" 2>/dev/null
read_exit || { true >"$d/killed"; } 2>/dev/null
[ -e "$d/lock" ] || { true >"$d/lock"; } 2>/dev/null
if [ -e "$d/lock" ]; then exec 9<"$d/lock"; else free=1; fi
while :; do
  [ $free = 1 ] || { flock -n 9 && free=1; }
  if [ -z "$sid" ]; then { read -r sid up <"$d/started"; } 2>/dev/null; fi
  spare=
  if [ -n "$sid" ]; then
    if [ $free = 0 ]; then terminal; [ $n -ge 70 ] || spare=$sid
    elif [ -d "/proc/$sid" ]; then sid=none
    fi
  fi
  victims || { [ $free = 0 ] || break; }
  was=gone
  signal_victims
  n=$((n + 1))
  [ $n -lt 300 ] || finish stuck $live
  sleep 0.1
done 2>/dev/null
if [ $was = gone ] && [ -e "$d/exit" ] && ! read_exit; then
  read -r end x </proc/uptime
  printf '%s %s %s %s .' 137 "\${up:-0}" "$end" killed 1<>"$d/exit"
fi
[ -z "$shm" ] || rm -f "$shm/drydock-$id-"*
finish $was
`

/**
 * Sends one signal to all that a run has started. What only passes things on is spared, because it would end the run of
 * itself: timeout(1), which kills after a TERM, and the script(1) that makes a terminal.
 */
export const signal = `
d=$root/$id
sid= tsid= spare= dead=
child_of() {
  found=
  for f in /proc/[0-9]*/stat; do
    l=; { IFS= read -r l <"$f"; } 2>/dev/null
    p=\${f#/proc/}; p=\${p%/stat}
    case $l in "$p ($2) "?" $1 "*) found=$p; spare="$spare $p" ;; esac
  done
}
begin
[ -e "$d/lock" ] || finish signalled 0
read_exit && finish signalled 0
exec 9<"$d/lock"
flock -n 9 && finish signalled 0
exec 9<&-
{ read -r sid up <"$d/started"; } 2>/dev/null
[ -n "$sid" ] || finish signalled 0
terminal
spare=$sid
child_of $sid timeout
[ -z "$found" ] || child_of $found script
victims || finish signalled 0
printf '%s\\n' $sig >>"$d/signalled"
count=0
for p in $live; do kill -$sig $p && count=$((count + 1)); done 2>/dev/null
finish signalled $count
`

/** Ends what a read left behind when nobody waits for it any more. */
export const reapOnly = `
sid= tsid= spare= told= n=0 dead=
begin
while victims && [ $n -lt 100 ]; do signal_victims; n=$((n + 1)); sleep 0.1; done
finish done
`
