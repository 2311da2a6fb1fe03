set -eu
umask 077
:
rm -f -- '/etc/dnf/.automatic.conf.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0' ]; then
if [ -f '/etc/dnf/automatic.conf' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.displaced' ]; then
cp -a -- '/etc/dnf/automatic.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0' '/etc/dnf/.automatic.conf.drydock-new'
sync -- '/etc/dnf/.automatic.conf.drydock-new'
mv -fT -- '/etc/dnf/.automatic.conf.drydock-new' '/etc/dnf/automatic.conf'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent' ] && [ -f '/etc/dnf/automatic.conf' ]; then
mv -fT -- '/etc/dnf/automatic.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.displaced'
fi
systemctl daemon-reload
systemctl disable -- 'dnf-automatic.timer'
systemctl stop -- 'dnf-automatic.timer'
