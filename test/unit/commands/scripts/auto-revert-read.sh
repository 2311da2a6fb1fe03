d='/var/lib/drydock/reverts/01970000-0000-7000-8000-000000000001'
read -r up rest </proc/uptime
started=0 limit=0
if [ -e "$d/clock" ]; then read -r started limit <"$d/clock"; fi
state=none
[ ! -e "$d/claimed-by-disarm" ] || state=disarmed
[ ! -e "$d/armed" ] || state=armed
[ ! -e "$d/claimed-by-restore" ] || state=restoring
at=- problems=0
if grep -q '^restored ' "$d/outcome" 2>/dev/null; then
  state=restored
  read -r word at problems end <"$d/outcome"
fi
printf '%s %s %s %s %s %s\n' "$state" "$up" "$started" "$limit" "$at" "$problems"
for other in /var/lib/drydock/reverts/*/armed; do
  if [ -e "$other" ] && [ "$other" != '/var/lib/drydock/reverts/01970000-0000-7000-8000-000000000001/armed' ]; then
    read -r started limit <"$(dirname -- "$other")/clock"
    printf 'other %s %s %s\n' "$(basename -- "$(dirname -- "$other")")" "$started" "$limit"
  fi
done
for left in /var/lib/drydock/reverts/*; do
  if [ "$left" != "$d" ] && [ ! -e "$left/armed" ] && { [ -e "$left/claimed-by-disarm" ] || grep -q '^restored ' "$left/outcome" 2>/dev/null; }; then
    printf 'left %s\n' "$(basename -- "$left")"
  fi
done
tail -n 30 -- "$d/log" 2>/dev/null || true
