set -eu
umask 077
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.start' ]; then
systemctl stop -- 'web.service' || true
rm -f -- '/etc/systemd/system/.web.service.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ]; then
if [ -f '/etc/systemd/system/web.service' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced' ]; then
cp -a -- '/etc/systemd/system/web.service' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' '/etc/systemd/system/.web.service.drydock-new'
sync -- '/etc/systemd/system/.web.service.drydock-new'
mv -fT -- '/etc/systemd/system/.web.service.drydock-new' '/etc/systemd/system/web.service'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ] && [ -f '/etc/systemd/system/web.service' ]; then
mv -fT -- '/etc/systemd/system/web.service' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced'
fi
systemctl daemon-reload
if [ "$(systemctl show --property=InvocationID -- 'web.service')" != "$(cat -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.start')" ]; then
systemctl reset-failed -- 'web.service' 2> /dev/null || true
true
fi
fi
