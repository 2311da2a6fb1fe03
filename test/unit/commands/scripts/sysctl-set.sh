set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/sysctl.d/99-zz-drydock.conf' ]; then
printf '%s\n' '/etc/sysctl.d/99-zz-drydock.conf is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/sysctl.d/99-zz-drydock.conf' ] && [ ! -f '/etc/sysctl.d/99-zz-drydock.conf' ]; then
printf '%s\n' '/etc/sysctl.d/99-zz-drydock.conf is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ]; then
if [ -e '/etc/sysctl.d/99-zz-drydock.conf' ]; then
cp -a -- '/etc/sysctl.d/99-zz-drydock.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
fi
fi
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-values' ]; then
sysctl -e -- 'net.ipv4.tcp_syncookies' 'net.ipv4.conf.all.rp_filter' > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-values.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-values.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-values'
fi
if [ "$(($(stat -f -c '%a * %S' -- '/etc/sysctl.d') / 1024))" -lt '1' ]; then
printf '%s\n' '/etc/sysctl.d: no space left on device for 82 bytes' >&2
exit 1
fi
if [ -L '/etc/sysctl.d/99-zz-drydock.conf' ]; then
printf '%s\n' '/etc/sysctl.d/99-zz-drydock.conf is a symbolic link' >&2
exit 1
fi
if [ -d '/etc/sysctl.d/99-zz-drydock.conf' ]; then
printf '%s\n' '/etc/sysctl.d/99-zz-drydock.conf is a directory' >&2
exit 1
fi
rm -f -- '/etc/sysctl.d/.99-zz-drydock.conf.drydock-new'
trap 'rm -f -- '\''/etc/sysctl.d/.99-zz-drydock.conf.drydock-new'\''' EXIT
set -C
printf '%s' '# Written by Drydock.
net.ipv4.tcp_syncookies = 1
net.ipv4.conf.all.rp_filter = 2
' > '/etc/sysctl.d/.99-zz-drydock.conf.drydock-new'
set +C
chown -- 'root:root' '/etc/sysctl.d/.99-zz-drydock.conf.drydock-new'
chmod -- '644' '/etc/sysctl.d/.99-zz-drydock.conf.drydock-new'
sync -- '/etc/sysctl.d/.99-zz-drydock.conf.drydock-new'
mv -fT -- '/etc/sysctl.d/.99-zz-drydock.conf.drydock-new' '/etc/sysctl.d/99-zz-drydock.conf'
sysctl -q -p '/etc/sysctl.d/99-zz-drydock.conf'
