set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ]; then
id -Gn -- 'app' | tr ' ' '\n' > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new' && mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item'
fi
usermod --append --groups 'sudo,www-data' -- 'app'
