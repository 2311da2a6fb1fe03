set -eu
umask 077
systemctl disable --now -- 'drydock-updates.timer' 2> /dev/null || :
rm -f -- '/etc/systemd/system/.drydock-updates.service.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0' ]; then
if [ -f '/etc/systemd/system/drydock-updates.service' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.displaced' ]; then
cp -a -- '/etc/systemd/system/drydock-updates.service' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0' '/etc/systemd/system/.drydock-updates.service.drydock-new'
sync -- '/etc/systemd/system/.drydock-updates.service.drydock-new'
mv -fT -- '/etc/systemd/system/.drydock-updates.service.drydock-new' '/etc/systemd/system/drydock-updates.service'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent' ] && [ -f '/etc/systemd/system/drydock-updates.service' ]; then
mv -fT -- '/etc/systemd/system/drydock-updates.service' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.displaced'
fi
rm -f -- '/etc/systemd/system/.drydock-updates.timer.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1' ]; then
if [ -f '/etc/systemd/system/drydock-updates.timer' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.displaced' ]; then
cp -a -- '/etc/systemd/system/drydock-updates.timer' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1' '/etc/systemd/system/.drydock-updates.timer.drydock-new'
sync -- '/etc/systemd/system/.drydock-updates.timer.drydock-new'
mv -fT -- '/etc/systemd/system/.drydock-updates.timer.drydock-new' '/etc/systemd/system/drydock-updates.timer'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.absent' ] && [ -f '/etc/systemd/system/drydock-updates.timer' ]; then
mv -fT -- '/etc/systemd/system/drydock-updates.timer' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.displaced'
fi
systemctl daemon-reload
:
