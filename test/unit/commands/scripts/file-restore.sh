set -eu
umask 077
rm -f -- '/etc/app/.a.conf.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ]; then
if [ -f '/etc/app/a.conf' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced' ]; then
cp -a -- '/etc/app/a.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' '/etc/app/.a.conf.drydock-new'
sync -- '/etc/app/.a.conf.drydock-new'
mv -fT -- '/etc/app/.a.conf.drydock-new' '/etc/app/a.conf'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ] && [ -f '/etc/app/a.conf' ]; then
mv -fT -- '/etc/app/a.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced'
fi
