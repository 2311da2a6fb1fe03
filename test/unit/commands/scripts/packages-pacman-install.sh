set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
waited=0
while [ -e /var/lib/pacman/db.lck ] && [ "$waited" -lt 300 ]; do
sleep 1; waited=$((waited + 1))
done
export LC_ALL=C
[ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.before' ] || pacman -Qq | LC_ALL=C sort -u > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.before'
status=0
pacman -S --needed --noconfirm -- 'curl' 'libstdc++6' < /dev/null || status=$?
pacman -Qq | LC_ALL=C sort -u > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.after'
comm -13 -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.before' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.after' > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item'
exit "$status"
