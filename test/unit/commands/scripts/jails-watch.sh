set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/fail2ban/jail.d/drydock.local' ]; then
printf '%s\n' '/etc/fail2ban/jail.d/drydock.local is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/fail2ban/jail.d/drydock.local' ] && [ ! -f '/etc/fail2ban/jail.d/drydock.local' ]; then
printf '%s\n' '/etc/fail2ban/jail.d/drydock.local is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ]; then
if [ -e '/etc/fail2ban/jail.d/drydock.local' ]; then
cp -a -- '/etc/fail2ban/jail.d/drydock.local' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
fi
fi
if [ "$(($(stat -f -c '%a * %S' -- '/etc/fail2ban/jail.d') / 1024))" -lt '1' ]; then
printf '%s\n' '/etc/fail2ban/jail.d: no space left on device for 702 bytes' >&2
exit 1
fi
if [ -L '/etc/fail2ban/jail.d/drydock.local' ]; then
printf '%s\n' '/etc/fail2ban/jail.d/drydock.local is a symbolic link' >&2
exit 1
fi
if [ -d '/etc/fail2ban/jail.d/drydock.local' ]; then
printf '%s\n' '/etc/fail2ban/jail.d/drydock.local is a directory' >&2
exit 1
fi
rm -f -- '/etc/fail2ban/jail.d/.drydock.local.drydock-new'
trap 'rm -f -- '\''/etc/fail2ban/jail.d/.drydock.local.drydock-new'\''' EXIT
set -C
printf '%s' '# Written by Drydock.

[sshd]
enabled = true
backend = systemd
journalmatch = SYSLOG_IDENTIFIER=sshd _UID=0 + SYSLOG_IDENTIFIER=sshd-session _UID=0 + SYSLOG_IDENTIFIER=sshd-auth _UID=0
failregex = ^(?:Connection (?:closed|reset)|Disconnected) (?:by|from) authenticating user <F-USER>\S+|.*?</F-USER> <HOST>(?: port \d+)?\s+\[preauth\]\s*$
            %(known/failregex)s
banaction = nftables[type=multiport]
port = 22,2222
maxretry = 5
findtime = 600
bantime = 3600
ignoreip = 127.0.0.0/8 ::1 10.0.0.9

[nginx-http-auth]
enabled = true
backend = auto
logpath = /var/log/nginx/error.log
banaction = nftables[type=multiport]
maxretry = 5
findtime = 600
bantime = 3600
ignoreip = 127.0.0.0/8 ::1 10.0.0.9
' > '/etc/fail2ban/jail.d/.drydock.local.drydock-new'
set +C
chown -- 'root:root' '/etc/fail2ban/jail.d/.drydock.local.drydock-new'
chmod -- '644' '/etc/fail2ban/jail.d/.drydock.local.drydock-new'
sync -- '/etc/fail2ban/jail.d/.drydock.local.drydock-new'
mv -fT -- '/etc/fail2ban/jail.d/.drydock.local.drydock-new' '/etc/fail2ban/jail.d/drydock.local'
if ! said=$(fail2ban-client -t 2>&1); then
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
printf '%s\n' "$said" >&2
exit 1
fi
systemctl enable -- fail2ban.service
systemctl restart -- fail2ban.service
waited=0
until fail2ban-client status 'sshd' > /dev/null 2>&1 && fail2ban-client status 'nginx-http-auth' > /dev/null 2>&1; do
[ "$waited" -lt 60 ] || { echo 'fail2ban does not watch what it should' >&2; exit 1; }
sleep 0.1; waited=$((waited + 1))
done
