set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/apt/apt.conf.d/99drydock-upgrades' ]; then
printf '%s\n' '/etc/apt/apt.conf.d/99drydock-upgrades is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/apt/apt.conf.d/99drydock-upgrades' ] && [ ! -f '/etc/apt/apt.conf.d/99drydock-upgrades' ]; then
printf '%s\n' '/etc/apt/apt.conf.d/99drydock-upgrades is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent' ]; then
if [ -e '/etc/apt/apt.conf.d/99drydock-upgrades' ]; then
cp -a -- '/etc/apt/apt.conf.d/99drydock-upgrades' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent'
fi
fi
if [ "$(($(stat -f -c '%a * %S' -- '/etc/apt/apt.conf.d') / 1024))" -lt '1' ]; then
printf '%s\n' '/etc/apt/apt.conf.d: no space left on device for 203 bytes' >&2
exit 1
fi
if [ -L '/etc/apt/apt.conf.d/99drydock-upgrades' ]; then
printf '%s\n' '/etc/apt/apt.conf.d/99drydock-upgrades is a symbolic link' >&2
exit 1
fi
if [ -d '/etc/apt/apt.conf.d/99drydock-upgrades' ]; then
printf '%s\n' '/etc/apt/apt.conf.d/99drydock-upgrades is a directory' >&2
exit 1
fi
rm -f -- '/etc/apt/apt.conf.d/.99drydock-upgrades.drydock-new'
trap 'rm -f -- '\''/etc/apt/apt.conf.d/.99drydock-upgrades.drydock-new'\''' EXIT
set -C
printf '%s' '// Written by Drydock. Which sources count as security updates stands in 50unattended-upgrades.
APT::Periodic::Enable "1";
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
' > '/etc/apt/apt.conf.d/.99drydock-upgrades.drydock-new'
set +C
chown -- 'root:root' '/etc/apt/apt.conf.d/.99drydock-upgrades.drydock-new'
chmod -- '644' '/etc/apt/apt.conf.d/.99drydock-upgrades.drydock-new'
sync -- '/etc/apt/apt.conf.d/.99drydock-upgrades.drydock-new'
mv -fT -- '/etc/apt/apt.conf.d/.99drydock-upgrades.drydock-new' '/etc/apt/apt.conf.d/99drydock-upgrades'
systemctl daemon-reload
systemctl enable --now -- 'apt-daily.timer'
systemctl enable --now -- 'apt-daily-upgrade.timer'
