set -eu
umask 077
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ]; then
exit 0
fi
if ! getent passwd 'app' > /dev/null; then
exit 0
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
if ! grep -qxF -- 'sudo' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' && id -Gn -- 'app' | tr ' ' '\n' | grep -qxF -- 'sudo'; then
(trap '' TERM HUP INT; exec gpasswd --delete 'app' 'sudo')
fi
if ! grep -qxF -- 'www-data' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' && id -Gn -- 'app' | tr ' ' '\n' | grep -qxF -- 'www-data'; then
(trap '' TERM HUP INT; exec gpasswd --delete 'app' 'www-data')
fi
