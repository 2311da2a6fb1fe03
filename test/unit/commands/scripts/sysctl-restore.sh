set -eu
umask 077
rm -f -- '/etc/sysctl.d/.99-zz-drydock.conf.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ]; then
if [ -f '/etc/sysctl.d/99-zz-drydock.conf' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced' ]; then
cp -a -- '/etc/sysctl.d/99-zz-drydock.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' '/etc/sysctl.d/.99-zz-drydock.conf.drydock-new'
sync -- '/etc/sysctl.d/.99-zz-drydock.conf.drydock-new'
mv -fT -- '/etc/sysctl.d/.99-zz-drydock.conf.drydock-new' '/etc/sysctl.d/99-zz-drydock.conf'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ] && [ -f '/etc/sysctl.d/99-zz-drydock.conf' ]; then
mv -fT -- '/etc/sysctl.d/99-zz-drydock.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-values' ]; then
sysctl -q -e -p '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-values'
fi
