{ [ ! -L '/etc/ssh/sshd_config.d/00-drydock.conf' ] && [ -f '/etc/ssh/sshd_config.d/00-drydock.conf' ] && [ "$(stat -c '%a %U %G' -- '/etc/ssh/sshd_config.d/00-drydock.conf')" = '600 root root' ] && printf '%s' '# Written by Drydock. sshd takes the first value that it reads: this file has to come before all others.
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
' | cmp -s -- - '/etc/ssh/sshd_config.d/00-drydock.conf'; } || exit 1
[ ! -e /etc/debian_version ] || [ -d /run/sshd ] || mkdir -p -m 755 /run/sshd
{ sshd -t; } || exit 1
effective=$(sshd -T -C 'user=app,host=10.0.0.9,addr=10.0.0.9,laddr=10.0.0.1,lport=22')
printf '%s\n' "$effective" | grep -Fxq -- 'passwordauthentication no' || { printf '%s\n' 'for app from 10.0.0.9, this is not in force: passwordauthentication no' >&2; exit 1; }
effective=$(sshd -T -C 'user=root,host=10.0.0.9,addr=10.0.0.9,laddr=10.0.0.1,lport=22')
printf '%s\n' "$effective" | grep -Fxq -- 'permitrootlogin no' || { printf '%s\n' 'for root from 10.0.0.9, this is not in force: permitrootlogin no' >&2; exit 1; }
{ [ -n "$(ss -H -t -l -n -e 'sport = :22' | grep -o 'ino:[0-9]*' | sort)" ]; } || exit 1
