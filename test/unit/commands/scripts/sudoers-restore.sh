set -eu
umask 077
rm -f -- '/etc/sudoers.d/.drydock-app.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ]; then
if [ -f '/etc/sudoers.d/drydock-app' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced' ]; then
cp -a -- '/etc/sudoers.d/drydock-app' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' '/etc/sudoers.d/.drydock-app.drydock-new'
sync -- '/etc/sudoers.d/.drydock-app.drydock-new'
mv -fT -- '/etc/sudoers.d/.drydock-app.drydock-new' '/etc/sudoers.d/drydock-app'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ] && [ -f '/etc/sudoers.d/drydock-app' ]; then
mv -fT -- '/etc/sudoers.d/drydock-app' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced'
fi
