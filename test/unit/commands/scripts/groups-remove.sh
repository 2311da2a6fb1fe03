set -eu
umask 077
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ]; then
exit 0
fi
if ! getent passwd 'app' > /dev/null; then
exit 0
fi
if ! grep -qxF -- 'sudo' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' && id -Gn -- 'app' | tr ' ' '\n' | grep -qxF -- 'sudo'; then
gpasswd --delete 'app' 'sudo'
fi
if ! grep -qxF -- 'www-data' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' && id -Gn -- 'app' | tr ' ' '\n' | grep -qxF -- 'www-data'; then
gpasswd --delete 'app' 'www-data'
fi
