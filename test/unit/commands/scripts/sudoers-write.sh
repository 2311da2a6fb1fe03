set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/sudoers.d/drydock-app' ]; then
printf '%s\n' '/etc/sudoers.d/drydock-app is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/sudoers.d/drydock-app' ] && [ ! -f '/etc/sudoers.d/drydock-app' ]; then
printf '%s\n' '/etc/sudoers.d/drydock-app is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ]; then
if [ -e '/etc/sudoers.d/drydock-app' ]; then
cp -a -- '/etc/sudoers.d/drydock-app' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
fi
fi
if [ "$(($(stat -f -c '%a * %S' -- '/etc/sudoers.d') / 1024))" -lt '1' ]; then
printf '%s\n' '/etc/sudoers.d: no space left on device for 110 bytes' >&2
exit 1
fi
if [ -L '/etc/sudoers.d/drydock-app' ]; then
printf '%s\n' '/etc/sudoers.d/drydock-app is a symbolic link' >&2
exit 1
fi
if [ -d '/etc/sudoers.d/drydock-app' ]; then
printf '%s\n' '/etc/sudoers.d/drydock-app is a directory' >&2
exit 1
fi
rm -f -- '/etc/sudoers.d/.drydock-app.drydock-new'
trap 'rm -f -- '\''/etc/sudoers.d/.drydock-app.drydock-new'\''' EXIT
set -C
printf '%s' '# Written by Drydock for app.
app ALL=(ALL:ALL) NOPASSWD: /usr/bin/systemctl restart web, /usr/bin/a\,b\:c\=d
' > '/etc/sudoers.d/.drydock-app.drydock-new'
set +C
visudo -cf '/etc/sudoers.d/.drydock-app.drydock-new'
chown -- 'root:root' '/etc/sudoers.d/.drydock-app.drydock-new'
chmod -- '440' '/etc/sudoers.d/.drydock-app.drydock-new'
sync -- '/etc/sudoers.d/.drydock-app.drydock-new'
mv -fT -- '/etc/sudoers.d/.drydock-app.drydock-new' '/etc/sudoers.d/drydock-app'
