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
for database in passwd shadow group gshadow subuid subgid; do
lock=/etc/$database.lock
[ -e "$lock" ] || continue
locker=$(tr -d '\0' < "$lock") || continue
[ -z "$locker" ] || [ -d "/proc/$locker" ] || continue
case $(cat "/proc/$locker/comm" 2> /dev/null) in
useradd|usermod|userdel|groupadd|groupmod|groupdel|groupmems|gpasswd|passwd|chpasswd|chgpasswd|newusers|chage|chfn|chsh|vipw|vigr|pwck|grpck|pwconv|pwunconv|grpconv|grpunconv) ;;
*) rm -f -- "$lock" ;;
esac
done
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-home.absent' ] && [ "$(stat -c '%F %u' -- '/home/app' || true)" = 'directory 0' ]; then
chown -- 'app' '/home/app'
fi
tries=0
while :; do
loginctl terminate-user 'app' > /dev/null 2>&1 || true
status=0
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-home.absent' ]; then
(trap '' TERM HUP INT; exec userdel --remove -- 'app') || status=$?
else
(trap '' TERM HUP INT; exec userdel -- 'app') || status=$?
fi
if [ "$status" -ne 8 ] || [ "$tries" -ge 60 ]; then
break
fi
tries=$((tries + 1))
sleep 0.5
done
exit "$status"
