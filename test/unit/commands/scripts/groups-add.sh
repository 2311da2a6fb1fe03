set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ]; then
id -Gn -- 'app' | tr ' ' '\n' > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new' && mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item'
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
(trap '' TERM HUP INT; exec usermod --append --groups 'sudo,www-data' -- 'app')
