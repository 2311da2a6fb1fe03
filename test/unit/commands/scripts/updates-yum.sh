set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/yum/yum-cron.conf' ]; then
printf '%s\n' '/etc/yum/yum-cron.conf is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/yum/yum-cron.conf' ] && [ ! -f '/etc/yum/yum-cron.conf' ]; then
printf '%s\n' '/etc/yum/yum-cron.conf is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent' ]; then
if [ -e '/etc/yum/yum-cron.conf' ]; then
cp -a -- '/etc/yum/yum-cron.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent'
fi
fi
if [ "$(($(stat -f -c '%a * %S' -- '/etc/yum') / 1024))" -lt '1' ]; then
printf '%s\n' '/etc/yum: no space left on device for 94 bytes' >&2
exit 1
fi
if [ -L '/etc/yum/yum-cron.conf' ]; then
printf '%s\n' '/etc/yum/yum-cron.conf is a symbolic link' >&2
exit 1
fi
if [ -d '/etc/yum/yum-cron.conf' ]; then
printf '%s\n' '/etc/yum/yum-cron.conf is a directory' >&2
exit 1
fi
rm -f -- '/etc/yum/.yum-cron.conf.drydock-new'
trap 'rm -f -- '\''/etc/yum/.yum-cron.conf.drydock-new'\''' EXIT
set -C
printf '%s' '[commands]
update_cmd = security
download_updates = yes
apply_updates = yes
[email]
to = root
' > '/etc/yum/.yum-cron.conf.drydock-new'
set +C
chown -- 'root:root' '/etc/yum/.yum-cron.conf.drydock-new'
chmod -- '644' '/etc/yum/.yum-cron.conf.drydock-new'
sync -- '/etc/yum/.yum-cron.conf.drydock-new'
mv -fT -- '/etc/yum/.yum-cron.conf.drydock-new' '/etc/yum/yum-cron.conf'
systemctl daemon-reload
systemctl enable --now -- 'yum-cron.service'
