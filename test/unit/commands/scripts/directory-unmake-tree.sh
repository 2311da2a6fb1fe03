set -eu
umask 077
if [ -d '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ]; then
cd -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item'
find . '!' -type l -exec chown -h --reference='{}' -- '/srv/tree'/'{}' ';' -exec chmod --reference='{}' -- '/srv/tree'/'{}' ';'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ]; then
if [ -d '/srv/tree' ]; then
rmdir -- '/srv/tree' || printf '%s\n' '/srv/tree is not empty and stays' >&2
fi
fi
