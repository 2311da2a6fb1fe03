set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/ufw/user.rules' ]; then
printf '%s\n' '/etc/ufw/user.rules is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/ufw/user.rules' ] && [ ! -f '/etc/ufw/user.rules' ]; then
printf '%s\n' '/etc/ufw/user.rules is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules.absent' ]; then
if [ -e '/etc/ufw/user.rules' ]; then
cp -a -- '/etc/ufw/user.rules' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules.absent'
fi
fi
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/ufw/user6.rules' ]; then
printf '%s\n' '/etc/ufw/user6.rules is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/ufw/user6.rules' ] && [ ! -f '/etc/ufw/user6.rules' ]; then
printf '%s\n' '/etc/ufw/user6.rules is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules6' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules6.absent' ]; then
if [ -e '/etc/ufw/user6.rules' ]; then
cp -a -- '/etc/ufw/user6.rules' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules6.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules6.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules6.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules6'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules6.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules6.absent'
fi
fi
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/ufw/ufw.conf' ]; then
printf '%s\n' '/etc/ufw/ufw.conf is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/ufw/ufw.conf' ] && [ ! -f '/etc/ufw/ufw.conf' ]; then
printf '%s\n' '/etc/ufw/ufw.conf is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-conf' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-conf.absent' ]; then
if [ -e '/etc/ufw/ufw.conf' ]; then
cp -a -- '/etc/ufw/ufw.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-conf.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-conf.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-conf.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-conf'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-conf.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-conf.absent'
fi
fi
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/default/ufw' ]; then
printf '%s\n' '/etc/default/ufw is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/default/ufw' ] && [ ! -f '/etc/default/ufw' ]; then
printf '%s\n' '/etc/default/ufw is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-defaults' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-defaults.absent' ]; then
if [ -e '/etc/default/ufw' ]; then
cp -a -- '/etc/default/ufw' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-defaults.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-defaults.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-defaults.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-defaults'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-defaults.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-defaults.absent'
fi
fi
ufw 'allow' 'proto' 'tcp' 'from' 'any' 'to' 'any' 'port' '22'
ufw delete 'allow' 'proto' 'tcp' 'from' 'any' 'to' 'any' 'port' '22'
ufw prepend 'allow' 'proto' 'tcp' 'from' 'any' 'to' 'any' 'port' '22'
ufw 'allow' 'proto' 'tcp' 'from' 'any' 'to' 'any' 'port' '2222'
ufw delete 'allow' 'proto' 'tcp' 'from' 'any' 'to' 'any' 'port' '2222'
ufw prepend 'allow' 'proto' 'tcp' 'from' 'any' 'to' 'any' 'port' '2222'
