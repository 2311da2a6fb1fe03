set -eu
umask 077
if [ -d '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ]; then
chown --reference='/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' -- '/srv/it'\''s'
chmod --reference='/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' -- '/srv/it'\''s'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ]; then
if [ -d '/srv/it'\''s' ]; then
rmdir -- '/srv/it'\''s' || printf '%s\n' '/srv/it'\''s is not empty and stays' >&2
fi
if [ -d '/srv' ]; then
rmdir -- '/srv' || printf '%s\n' '/srv is not empty and stays' >&2
fi
fi
