set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/systemd/system/web.service' ]; then
printf '%s\n' '/etc/systemd/system/web.service is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/systemd/system/web.service' ] && [ ! -f '/etc/systemd/system/web.service' ]; then
printf '%s\n' '/etc/systemd/system/web.service is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ]; then
if [ -e '/etc/systemd/system/web.service' ]; then
cp -a -- '/etc/systemd/system/web.service' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
fi
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.start' ]; then
systemctl show --property=InvocationID -- 'web.service' > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.start'
fi
if [ "$(($(stat -f -c '%a * %S' -- '/etc/systemd/system') / 1024))" -lt '1' ]; then
printf '%s\n' '/etc/systemd/system: no space left on device for 244 bytes' >&2
exit 1
fi
if [ -L '/etc/systemd/system/web.service' ]; then
printf '%s\n' '/etc/systemd/system/web.service is a symbolic link' >&2
exit 1
fi
if [ -d '/etc/systemd/system/web.service' ]; then
printf '%s\n' '/etc/systemd/system/web.service is a directory' >&2
exit 1
fi
rm -f -- '/etc/systemd/system/.web.service.drydock-new'
trap 'rm -f -- '\''/etc/systemd/system/.web.service.drydock-new'\''' EXIT
set -C
printf '%s' '# Written by Drydock from a definition; what is changed here by hand is brought back.

[Unit]
Description=The web

[Service]
Type=exec
ExecStart=/usr/bin/node server.js
Restart=on-failure
RestartSec=1000ms

[Install]
WantedBy=multi-user.target
' > '/etc/systemd/system/.web.service.drydock-new'
set +C
chown -- 'root:root' '/etc/systemd/system/.web.service.drydock-new'
chmod -- '644' '/etc/systemd/system/.web.service.drydock-new'
sync -- '/etc/systemd/system/.web.service.drydock-new'
mv -fT -- '/etc/systemd/system/.web.service.drydock-new' '/etc/systemd/system/web.service'
systemctl daemon-reload
