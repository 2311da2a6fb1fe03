set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/app/a.conf' ]; then
printf '%s\n' '/etc/app/a.conf is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/app/a.conf' ] && [ ! -f '/etc/app/a.conf' ]; then
printf '%s\n' '/etc/app/a.conf is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ]; then
if [ -e '/etc/app/a.conf' ]; then
cp -a -- '/etc/app/a.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
fi
fi
if [ "$(($(stat -f -c '%a * %S' -- '/etc/app') / 1024))" -lt '1' ]; then
printf '%s\n' '/etc/app: no space left on device for 10 bytes' >&2
exit 1
fi
if [ -L '/etc/app/a.conf' ]; then
printf '%s\n' '/etc/app/a.conf is a symbolic link' >&2
exit 1
fi
if [ -d '/etc/app/a.conf' ]; then
printf '%s\n' '/etc/app/a.conf is a directory' >&2
exit 1
fi
rm -f -- '/etc/app/.a.conf.drydock-new'
trap 'rm -f -- '\''/etc/app/.a.conf.drydock-new'\''' EXIT
set -C
printf '%s' 'name='\''$x'\''
' > '/etc/app/.a.conf.drydock-new'
set +C
chown -- 'root:app' '/etc/app/.a.conf.drydock-new'
chmod -- '640' '/etc/app/.a.conf.drydock-new'
sync -- '/etc/app/.a.conf.drydock-new'
mv -fT -- '/etc/app/.a.conf.drydock-new' '/etc/app/a.conf'
