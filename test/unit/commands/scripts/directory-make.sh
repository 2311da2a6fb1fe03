set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/srv/it'\''s' ]; then
printf '%s\n' '/srv/it'\''s is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/srv/it'\''s' ] && [ ! -d '/srv/it'\''s' ]; then
printf '%s\n' '/srv/it'\''s is not a directory' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ]; then
if [ -e '/srv/it'\''s' ]; then
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
chown --reference='/srv/it'\''s' -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
chmod --reference='/srv/it'\''s' -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
fi
fi
umask 022
mkdir -p -- '/srv/it'\''s'
chown -- 'app:web' '/srv/it'\''s'
chmod -- '750' '/srv/it'\''s'
