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
umask 022
status=0
useradd --create-home --home-dir '/home/app' --shell '/bin/bash' --password '*' --user-group -- 'app' || status=$?
if [ "$status" -eq 9 ]; then
rm -f -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-home.absent'
fi
exit "$status"
