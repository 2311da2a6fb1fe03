set -eu
umask 077
rm -f -- '/etc/fail2ban/jail.d/.drydock.local.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ]; then
if [ -f '/etc/fail2ban/jail.d/drydock.local' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced' ]; then
cp -a -- '/etc/fail2ban/jail.d/drydock.local' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' '/etc/fail2ban/jail.d/.drydock.local.drydock-new'
sync -- '/etc/fail2ban/jail.d/.drydock.local.drydock-new'
mv -fT -- '/etc/fail2ban/jail.d/.drydock.local.drydock-new' '/etc/fail2ban/jail.d/drydock.local'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ] && [ -f '/etc/fail2ban/jail.d/drydock.local' ]; then
mv -fT -- '/etc/fail2ban/jail.d/drydock.local' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced'
fi
:
systemctl restart -- 'fail2ban.service'
