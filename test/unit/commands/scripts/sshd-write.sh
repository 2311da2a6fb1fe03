set -eu
umask 077
[ ! -e /etc/debian_version ] || [ -d /run/sshd ] || mkdir -p -m 755 /run/sshd
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/ssh/sshd_config.d/00-drydock.conf' ]; then
printf '%s\n' '/etc/ssh/sshd_config.d/00-drydock.conf is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/ssh/sshd_config.d/00-drydock.conf' ] && [ ! -f '/etc/ssh/sshd_config.d/00-drydock.conf' ]; then
printf '%s\n' '/etc/ssh/sshd_config.d/00-drydock.conf is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ]; then
if [ -e '/etc/ssh/sshd_config.d/00-drydock.conf' ]; then
cp -a -- '/etc/ssh/sshd_config.d/00-drydock.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
fi
fi
mkdir -p -- '/etc/ssh/sshd_config.d'
if [ "$(($(stat -f -c '%a * %S' -- '/etc/ssh/sshd_config.d') / 1024))" -lt '1' ]; then
printf '%s\n' '/etc/ssh/sshd_config.d: no space left on device for 471 bytes' >&2
exit 1
fi
if [ -L '/etc/ssh/sshd_config.d/00-drydock.conf' ]; then
printf '%s\n' '/etc/ssh/sshd_config.d/00-drydock.conf is a symbolic link' >&2
exit 1
fi
if [ -d '/etc/ssh/sshd_config.d/00-drydock.conf' ]; then
printf '%s\n' '/etc/ssh/sshd_config.d/00-drydock.conf is a directory' >&2
exit 1
fi
rm -f -- '/etc/ssh/sshd_config.d/.00-drydock.conf.drydock-new'
trap 'rm -f -- '\''/etc/ssh/sshd_config.d/.00-drydock.conf.drydock-new'\''' EXIT
set -C
printf '%s' '# Written by Drydock. sshd takes the first value that it reads: this file has to come before all others.
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitEmptyPasswords no
HostbasedAuthentication no
PubkeyAuthentication yes
MaxAuthTries 4
LoginGraceTime 30
ClientAliveInterval 300
ClientAliveCountMax 2
AllowTcpForwarding no
AllowStreamLocalForwarding no
AllowAgentForwarding no
X11Forwarding no
PermitTunnel no
PermitUserEnvironment no
' > '/etc/ssh/sshd_config.d/.00-drydock.conf.drydock-new'
set +C
effective=$({ cat -- '/etc/ssh/sshd_config.d/.00-drydock.conf.drydock-new'; echo 'Include /etc/ssh/sshd_config'; } | sshd -T -f /dev/stdin -C 'user=app,host=10.0.0.9,addr=10.0.0.9,laddr=10.0.0.1,lport=22')
printf '%s\n' "$effective" | grep -Fxq -- 'passwordauthentication no' || { printf '%s\n' 'for app from 10.0.0.9, this is not in force: passwordauthentication no' >&2; exit 1; }
effective=$({ cat -- '/etc/ssh/sshd_config.d/.00-drydock.conf.drydock-new'; echo 'Include /etc/ssh/sshd_config'; } | sshd -T -f /dev/stdin -C 'user=root,host=10.0.0.9,addr=10.0.0.9,laddr=10.0.0.1,lport=22')
printf '%s\n' "$effective" | grep -Fxq -- 'permitrootlogin no' || { printf '%s\n' 'for root from 10.0.0.9, this is not in force: permitrootlogin no' >&2; exit 1; }
chown -- 'root:root' '/etc/ssh/sshd_config.d/.00-drydock.conf.drydock-new'
chmod -- '600' '/etc/ssh/sshd_config.d/.00-drydock.conf.drydock-new'
sync -- '/etc/ssh/sshd_config.d/.00-drydock.conf.drydock-new'
mv -fT -- '/etc/ssh/sshd_config.d/.00-drydock.conf.drydock-new' '/etc/ssh/sshd_config.d/00-drydock.conf'
sshd -t
