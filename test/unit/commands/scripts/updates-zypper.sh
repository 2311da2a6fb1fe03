set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/systemd/system/drydock-updates.service' ]; then
printf '%s\n' '/etc/systemd/system/drydock-updates.service is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/systemd/system/drydock-updates.service' ] && [ ! -f '/etc/systemd/system/drydock-updates.service' ]; then
printf '%s\n' '/etc/systemd/system/drydock-updates.service is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent' ]; then
if [ -e '/etc/systemd/system/drydock-updates.service' ]; then
cp -a -- '/etc/systemd/system/drydock-updates.service' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent'
fi
fi
if [ "$(($(stat -f -c '%a * %S' -- '/etc/systemd/system') / 1024))" -lt '1' ]; then
printf '%s\n' '/etc/systemd/system: no space left on device for 268 bytes' >&2
exit 1
fi
if [ -L '/etc/systemd/system/drydock-updates.service' ]; then
printf '%s\n' '/etc/systemd/system/drydock-updates.service is a symbolic link' >&2
exit 1
fi
if [ -d '/etc/systemd/system/drydock-updates.service' ]; then
printf '%s\n' '/etc/systemd/system/drydock-updates.service is a directory' >&2
exit 1
fi
rm -f -- '/etc/systemd/system/.drydock-updates.service.drydock-new'
trap 'rm -f -- '\''/etc/systemd/system/.drydock-updates.service.drydock-new'\''' EXIT
set -C
printf '%s' '# Written by Drydock.
[Unit]
Description=Security updates
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
Environment=ZYPP_LOCK_TIMEOUT=300
ExecStart=/usr/bin/zypper --non-interactive patch --category security
SuccessExitStatus=102 103
' > '/etc/systemd/system/.drydock-updates.service.drydock-new'
set +C
chown -- 'root:root' '/etc/systemd/system/.drydock-updates.service.drydock-new'
chmod -- '644' '/etc/systemd/system/.drydock-updates.service.drydock-new'
sync -- '/etc/systemd/system/.drydock-updates.service.drydock-new'
mv -fT -- '/etc/systemd/system/.drydock-updates.service.drydock-new' '/etc/systemd/system/drydock-updates.service'
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/systemd/system/drydock-updates.timer' ]; then
printf '%s\n' '/etc/systemd/system/drydock-updates.timer is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/systemd/system/drydock-updates.timer' ] && [ ! -f '/etc/systemd/system/drydock-updates.timer' ]; then
printf '%s\n' '/etc/systemd/system/drydock-updates.timer is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.absent' ]; then
if [ -e '/etc/systemd/system/drydock-updates.timer' ]; then
cp -a -- '/etc/systemd/system/drydock-updates.timer' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.absent'
fi
fi
if [ "$(($(stat -f -c '%a * %S' -- '/etc/systemd/system') / 1024))" -lt '1' ]; then
printf '%s\n' '/etc/systemd/system: no space left on device for 167 bytes' >&2
exit 1
fi
if [ -L '/etc/systemd/system/drydock-updates.timer' ]; then
printf '%s\n' '/etc/systemd/system/drydock-updates.timer is a symbolic link' >&2
exit 1
fi
if [ -d '/etc/systemd/system/drydock-updates.timer' ]; then
printf '%s\n' '/etc/systemd/system/drydock-updates.timer is a directory' >&2
exit 1
fi
rm -f -- '/etc/systemd/system/.drydock-updates.timer.drydock-new'
trap 'rm -f -- '\''/etc/systemd/system/.drydock-updates.timer.drydock-new'\''' EXIT
set -C
printf '%s' '# Written by Drydock.
[Unit]
Description=Security updates once a day

[Timer]
OnCalendar=daily
RandomizedDelaySec=4h
Persistent=true

[Install]
WantedBy=timers.target
' > '/etc/systemd/system/.drydock-updates.timer.drydock-new'
set +C
chown -- 'root:root' '/etc/systemd/system/.drydock-updates.timer.drydock-new'
chmod -- '644' '/etc/systemd/system/.drydock-updates.timer.drydock-new'
sync -- '/etc/systemd/system/.drydock-updates.timer.drydock-new'
mv -fT -- '/etc/systemd/system/.drydock-updates.timer.drydock-new' '/etc/systemd/system/drydock-updates.timer'
systemctl daemon-reload
systemctl enable --now -- 'drydock-updates.timer'
