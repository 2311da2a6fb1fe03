set -eu
umask 077
:
:
rm -f -- '/etc/apt/apt.conf.d/.99drydock-upgrades.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0' ]; then
if [ -f '/etc/apt/apt.conf.d/99drydock-upgrades' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.displaced' ]; then
cp -a -- '/etc/apt/apt.conf.d/99drydock-upgrades' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0' '/etc/apt/apt.conf.d/.99drydock-upgrades.drydock-new'
sync -- '/etc/apt/apt.conf.d/.99drydock-upgrades.drydock-new'
mv -fT -- '/etc/apt/apt.conf.d/.99drydock-upgrades.drydock-new' '/etc/apt/apt.conf.d/99drydock-upgrades'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent' ] && [ -f '/etc/apt/apt.conf.d/99drydock-upgrades' ]; then
mv -fT -- '/etc/apt/apt.conf.d/99drydock-upgrades' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.displaced'
fi
systemctl daemon-reload
systemctl disable -- 'apt-daily.timer'
systemctl stop -- 'apt-daily.timer'
systemctl disable -- 'apt-daily-upgrade.timer'
systemctl stop -- 'apt-daily-upgrade.timer'
