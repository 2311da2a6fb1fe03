set -eu
umask 077
if getent passwd 'app' > /dev/null; then
exit 0
fi
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ ! -e '/home/app' ]; then
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-home.absent'
fi
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
rm -f -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.made'
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
umask 022
status=0
(trap '' TERM HUP INT; exec useradd --create-home --home-dir '/home/app' --shell '/usr/sbin/nologin' --password '*' --gid 'app' --system -- 'app') || status=$?
if [ "$status" -eq 0 ]; then
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.made'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.made'
fi
if [ "$status" -eq 9 ]; then
rm -f -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-home.absent'
fi
exit "$status"
