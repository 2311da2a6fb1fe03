set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/srv/tree' ]; then
printf '%s\n' '/srv/tree is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/srv/tree' ] && [ ! -d '/srv/tree' ]; then
printf '%s\n' '/srv/tree is not a directory' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ]; then
if [ -e '/srv/tree' ]; then
cp -dR --preserve=mode,ownership --attributes-only -T -- '/srv/tree' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
fi
fi
umask 022
mkdir -p -- '/srv/tree'
find '/srv/tree' '!' -type l -exec chown -h -- 'app:web' '{}' +
chmod -R -- 'u=rwX,g=rX,o=' '/srv/tree'
chown -- 'app:web' '/srv/tree'
chmod -- '750' '/srv/tree'
