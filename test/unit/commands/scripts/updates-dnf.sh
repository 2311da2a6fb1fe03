set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/dnf/automatic.conf' ]; then
printf '%s\n' '/etc/dnf/automatic.conf is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/dnf/automatic.conf' ] && [ ! -f '/etc/dnf/automatic.conf' ]; then
printf '%s\n' '/etc/dnf/automatic.conf is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent' ]; then
if [ -e '/etc/dnf/automatic.conf' ]; then
cp -a -- '/etc/dnf/automatic.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent'
fi
fi
if [ "$(($(stat -f -c '%a * %S' -- '/etc/dnf') / 1024))" -lt '1' ]; then
printf '%s\n' '/etc/dnf: no space left on device for 96 bytes' >&2
exit 1
fi
if [ -L '/etc/dnf/automatic.conf' ]; then
printf '%s\n' '/etc/dnf/automatic.conf is a symbolic link' >&2
exit 1
fi
if [ -d '/etc/dnf/automatic.conf' ]; then
printf '%s\n' '/etc/dnf/automatic.conf is a directory' >&2
exit 1
fi
rm -f -- '/etc/dnf/.automatic.conf.drydock-new'
trap 'rm -f -- '\''/etc/dnf/.automatic.conf.drydock-new'\''' EXIT
set -C
printf '%s' '[commands]
upgrade_type = security
download_updates = yes
apply_updates = yes
[email]
to = root
' > '/etc/dnf/.automatic.conf.drydock-new'
set +C
chown -- 'root:root' '/etc/dnf/.automatic.conf.drydock-new'
chmod -- '644' '/etc/dnf/.automatic.conf.drydock-new'
sync -- '/etc/dnf/.automatic.conf.drydock-new'
mv -fT -- '/etc/dnf/.automatic.conf.drydock-new' '/etc/dnf/automatic.conf'
systemctl daemon-reload
systemctl enable --now -- 'dnf-automatic.timer'
