export LC_ALL=C TZ=UTC
since=$(date +%s)
limit='30'; IFS=. read -r up rest < /proc/uptime; until=$((up + limit))
said=$(timeout "$limit" systemctl stop -- 'web.service' 2>&1)
status=$?
while :; do
active= sub= type= result= pid= restarts= code=
while IFS='=' read -r key value; do
case "$key" in
ActiveState) active=$value ;; SubState) sub=$value ;; Type) type=$value ;; Result) result=$value ;;
MainPID) pid=$value ;; NRestarts) restarts=$value ;; ExecMainStatus) code=$value ;;
esac
done <<DRYDOCK_STATE
$(systemctl show --property=ActiveState,SubState,Type,Result,MainPID,NRestarts,ExecMainStatus -- 'web.service')
DRYDOCK_STATE
case "$active" in inactive | failed) [ "$status" -ne 0 ] || exit 0; break ;; esac
[ "$status" -eq 0 ] || [ "$status" -eq 124 ] || break
IFS=. read -r up rest < /proc/uptime; [ "$up" -lt "$until" ] || break
sleep 0.2
done
journalctl --sync > /dev/null 2>&1
journalctl --no-pager --quiet --no-hostname --output=short-iso --since="@$since" --unit='web.service' | tail -n '18'
[ "$active" = failed ] || [ -z "$said" ] || printf '%s\n' "$said" >&2
[ -z "$result" ] || [ "$result" = success ] && why= || why=", result $result"
[ -z "$code" ] || [ "$code" = 0 ] || why="$why, exit status $code"
[ -z "$restarts" ] || [ "$restarts" = 0 ] || why="$why, started again $restarts times"
[ "$active" = active ] && but='but does not stay' || but=not
printf '%s\n' 'web.service'" is $active ($sub$why), $but "'down'"." >&2
exit 1
