set -eu
umask 077
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ]; then
exit 0
fi
if ! getent passwd 'app' > /dev/null; then
exit 0
fi
if [ "$(id -u -- 'app')" -eq 0 ]; then
printf '%s\n' 'app has user id 0 now and stays' >&2
exit 1
fi
tries=0
while :; do
loginctl terminate-user 'app' > /dev/null 2>&1 || true
status=0
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-home.absent' ]; then
userdel --remove -- 'app' || status=$?
else
userdel -- 'app' || status=$?
fi
if [ "$status" -ne 8 ] || [ "$tries" -ge 60 ]; then
break
fi
tries=$((tries + 1))
sleep 0.5
done
exit "$status"
