set -eu
umask 077
:
rm -f -- '/etc/yum/.yum-cron.conf.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0' ]; then
if [ -f '/etc/yum/yum-cron.conf' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.displaced' ]; then
cp -a -- '/etc/yum/yum-cron.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0' '/etc/yum/.yum-cron.conf.drydock-new'
sync -- '/etc/yum/.yum-cron.conf.drydock-new'
mv -fT -- '/etc/yum/.yum-cron.conf.drydock-new' '/etc/yum/yum-cron.conf'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent' ] && [ -f '/etc/yum/yum-cron.conf' ]; then
mv -fT -- '/etc/yum/yum-cron.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.displaced'
fi
systemctl daemon-reload
systemctl disable -- 'yum-cron.service'
systemctl stop -- 'yum-cron.service'
