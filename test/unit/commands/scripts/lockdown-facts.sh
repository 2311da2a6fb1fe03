export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
connection=$(printenv SSH_CONNECTION); above=$$
while [ -z "$connection" ] && [ "$above" -gt 1 ]; do
connection=$(tr '\0' '\n' < "/proc/$above/environ" 2> /dev/null | sed -n 's/^SSH_CONNECTION=//p')
above=$(awk '/^PPid:/ { print $2 }' "/proc/$above/status" 2> /dev/null || echo 0)
done
from=$(printf '%s\n' "$connection" | awk 'NF == 4 { print ",host=" $1 ",addr=" $1 ",laddr=" $3 ",lport=" $4 }')
[ -n "$from" ] || from=,host=192.0.2.1,addr=192.0.2.1
main=/etc/ssh/sshd_config
[ -f "$main" ] || main=/usr/etc/ssh/sshd_config
printf '@%s ' 'connection'; { printf '%s\n' "$connection"; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'sshd-version'; { ssh -V 2>&1; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'sshd-units'; { systemctl show --property=Names,Id,LoadState,ActiveState,UnitFileState,Listen -- 'ssh.service' 'sshd.service' 'ssh.socket' 'sshd.socket'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'sshd-main'; { printf '%s\n' "$main"; stat -c '%F|%a|%U|%G' -- "$main" && head -c '1048576' -- "$main"; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'sshd-included'; { sed -n 's/^[[:space:]]*[Ii][Nn][Cc][Ll][Uu][Dd][Ee][[:space:]]*=*[[:space:]]*//p' "$main" | tr -d '"' | while read -r patterns; do
for pattern in $patterns; do
case $pattern in /*) ;; *) pattern=/etc/ssh/$pattern ;; esac
for file in $pattern; do
[ -f "$file" ] && { { stat -c '%F|%a|%U|%G' -- "$file" && head -c '1048576' -- "$file"; } | base64 -w 0; printf ' %s\n' "$file"; }
done; done; done; } 2>/dev/null | base64 -w 0; echo
[ ! -e /etc/debian_version ] || [ -d /run/sshd ] || mkdir -p -m 755 /run/sshd
printf '@%s ' 'sshd-complaint'; { sshd -t 2>&1; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'sshd-now-app'; { sshd -T -C 'user=app'"$from"; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'sshd-then-app'; { { printf '%s\n' 'PermitRootLogin no' 'PasswordAuthentication no' 'KbdInteractiveAuthentication no' 'PermitEmptyPasswords no' 'HostbasedAuthentication no' 'PubkeyAuthentication yes' 'MaxAuthTries 4' 'LoginGraceTime 30' 'ClientAliveInterval 300' 'ClientAliveCountMax 2' 'AllowTcpForwarding no' 'AllowStreamLocalForwarding no' 'AllowAgentForwarding no' 'X11Forwarding no' 'PermitTunnel no' 'PermitUserEnvironment no'; echo "Include $main"; } | sshd -T -f /dev/stdin -C 'user=app'"$from"; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'sshd-now-root'; { sshd -T -C 'user=root'"$from"; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'sshd-then-root'; { { printf '%s\n' 'PermitRootLogin no' 'PasswordAuthentication no' 'KbdInteractiveAuthentication no' 'PermitEmptyPasswords no' 'HostbasedAuthentication no' 'PubkeyAuthentication yes' 'MaxAuthTries 4' 'LoginGraceTime 30' 'ClientAliveInterval 300' 'ClientAliveCountMax 2' 'AllowTcpForwarding no' 'AllowStreamLocalForwarding no' 'AllowAgentForwarding no' 'X11Forwarding no' 'PermitTunnel no' 'PermitUserEnvironment no'; echo "Include $main"; } | sshd -T -f /dev/stdin -C 'user=root'"$from"; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'sshd-known'; { for list in kex cipher mac key-sig; do ssh -Q "$list"; done; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'sshd-host-keys'; { sshd -T | sed -n 's/^hostkey //p' | while read -r key; do [ -f "$key.pub" ] && echo "$(cut -d ' ' -f 1 "$key.pub") $(ssh-keygen -l -f "$key.pub" | cut -d ' ' -f 1)"; done; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'firewall-tools'; { for tool in ufw firewall-cmd nft docker podman; do command -v "$tool"; done; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'ufw-status'; { ufw status; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'ufw-rules'; { cat '/etc/ufw/user.rules'; echo '@6'; cat '/etc/ufw/user6.rules'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'ufw-defaults'; { cat '/etc/default/ufw'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'firewalld'; { command -v firewall-cmd > /dev/null || exit 0
if firewall-cmd --state > /dev/null 2>&1; then echo running; ask='firewall-cmd --permanent'; zone=$(firewall-cmd --get-default-zone); else ask=firewall-offline-cmd; zone=$(firewall-offline-cmd --get-default-zone); fi
device=$(ip -o route get "$(printf '%s\n' "$connection" | cut -d ' ' -f 1)" 2> /dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p')
[ -z "$device" ] || zone=$(firewall-cmd --get-zone-of-interface="$device" 2> /dev/null || echo "$zone")
echo "zone $zone"
echo "target $($ask --zone="$zone" --get-target)"
for port in $($ask --zone="$zone" --list-ports); do echo "port $port"; done
for service in $($ask --zone="$zone" --list-services); do for port in $($ask --service="$service" --get-ports); do echo "port $port"; done; done
$ask --zone="$zone" --list-rich-rules | sed 's/^/rich /'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'firewall-persistent'; { for unit in nftables netfilter-persistent iptables ip6tables; do systemctl is-enabled -- "$unit.service" || systemctl is-active -- "$unit.service"; done; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'nft-ruleset'; { nft -s list ruleset; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'published-docker'; { docker ps --format '{{.Ports}}'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'published-podman'; { podman ps --format '{{.Ports}}'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'listening'; { ss -H -tulnp; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'groups'; { id -gn -- 'app' && id -Gn -- 'app'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'password-accounts'; { awk -F : '$2 ~ /^[^!*]/ { print $1 }' /etc/shadow | while read -r user; do
getent passwd "$user" | awk -F : '$7 !~ /(nologin|false)$/ { print $1, $3, $6 }' | while read -r name uid home; do
keys=; [ -s "$home/.ssh/authorized_keys" ] && keys=keys
echo "$name $uid $keys"
done; done; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'file-0'; { stat -c '%F|%a|%U|%G' -- '/etc/fail2ban/jail.d/drydock.local' && head -c '1048576' -- '/etc/fail2ban/jail.d/drydock.local'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'file-1'; { stat -c '%F|%a|%U|%G' -- '/etc/sysctl.d/99-zz-drydock.conf' && head -c '1048576' -- '/etc/sysctl.d/99-zz-drydock.conf'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'file-2'; { stat -c '%F|%a|%U|%G' -- '/etc/ufw/user.rules' && head -c '1048576' -- '/etc/ufw/user.rules'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'file-3'; { stat -c '%F|%a|%U|%G' -- '/etc/ufw/user6.rules' && head -c '1048576' -- '/etc/ufw/user6.rules'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'file-4'; { stat -c '%F|%a|%U|%G' -- '/etc/ufw/ufw.conf' && head -c '1048576' -- '/etc/ufw/ufw.conf'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'file-5'; { stat -c '%F|%a|%U|%G' -- '/etc/default/ufw' && head -c '1048576' -- '/etc/default/ufw'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'file-6'; { stat -c '%F|%a|%U|%G' -- '/etc/drydock/host.nft' && head -c '1048576' -- '/etc/drydock/host.nft'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'file-7'; { stat -c '%F|%a|%U|%G' -- '/etc/drydock/host-away.nft' && head -c '1048576' -- '/etc/drydock/host-away.nft'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'file-8'; { stat -c '%F|%a|%U|%G' -- '/etc/systemd/system/nftables.service.d/drydock-host.conf' && head -c '1048576' -- '/etc/systemd/system/nftables.service.d/drydock-host.conf'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'file-9'; { stat -c '%F|%a|%U|%G' -- '/etc/systemd/system/drydock-host.service' && head -c '1048576' -- '/etc/systemd/system/drydock-host.service'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'file-10'; { stat -c '%F|%a|%U|%G' -- '/etc/drydock/containers.nft' && head -c '1048576' -- '/etc/drydock/containers.nft'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'file-11'; { stat -c '%F|%a|%U|%G' -- '/etc/drydock/containers-away.nft' && head -c '1048576' -- '/etc/drydock/containers-away.nft'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'file-12'; { stat -c '%F|%a|%U|%G' -- '/etc/systemd/system/nftables.service.d/drydock-containers.conf' && head -c '1048576' -- '/etc/systemd/system/nftables.service.d/drydock-containers.conf'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'file-13'; { stat -c '%F|%a|%U|%G' -- '/etc/systemd/system/drydock-containers.service' && head -c '1048576' -- '/etc/systemd/system/drydock-containers.service'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'file-14'; { stat -c '%F|%a|%U|%G' -- '/etc/apt/apt.conf.d/99drydock-upgrades' && head -c '1048576' -- '/etc/apt/apt.conf.d/99drydock-upgrades'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'logs'; { for file in '/var/log/auth.log' '/var/log/secure' '/var/log/nginx/error.log' '/var/log/nginx/access.log' '/var/log/apache2/error.log' '/var/log/httpd/error_log' '/var/log/mail.log' '/var/log/maillog' '/var/log/vsftpd.log'; do [ -f "$file" ] && echo "$file"; done; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'units'; { systemctl show --property=Names,Id,LoadState,ActiveState,UnitFileState,Listen -- 'nginx.service' 'apache2.service' 'httpd.service' 'postfix.service' 'dovecot.service' 'vsftpd.service' 'avahi-daemon.service' 'bluetooth.service' 'cups.service' 'inetd.service' 'nis.service' 'openbsd-inetd.service' 'rpcbind.service' 'rsh-server.service' 'rsync.service' 'slapd.service' 'snmpd.service' 'telnet.service' 'tftpd-hpa.service' 'xinetd.service' 'ypserv.service' 'apt-daily.timer' 'apt-daily-upgrade.timer' 'drydock-host.service' 'drydock-containers.service' 'fail2ban.service' 'firewalld.service' 'ufw.service' 'rsyslog.service' 'syslog-ng.service'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'jails'; { fail2ban-client status; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'never-banned'; { for file in /etc/fail2ban/jail.conf /etc/fail2ban/jail.local /etc/fail2ban/jail.d/*; do [ "$file" = '/etc/fail2ban/jail.d/drydock.local' ] || cat -- "$file"; done | awk '/^ignoreip[ \t]*=/ { sub(/^[^=]*=/, ""); on = 1; print; next } on && /^[ \t]+[^ \t]/ { print; next } { on = 0 }' | tr -s ', \t' '\n' | grep -E '^[0-9A-Fa-f.:/]+$' | sort -u; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'kernel'; { for file in '/proc/sys/net/ipv4/conf/all/accept_redirects' '/proc/sys/net/ipv4/conf/default/accept_redirects' '/proc/sys/net/ipv4/conf/all/secure_redirects' '/proc/sys/net/ipv4/conf/default/secure_redirects' '/proc/sys/net/ipv4/conf/all/send_redirects' '/proc/sys/net/ipv4/conf/default/send_redirects' '/proc/sys/net/ipv4/conf/all/accept_source_route' '/proc/sys/net/ipv4/conf/default/accept_source_route' '/proc/sys/net/ipv4/conf/all/rp_filter' '/proc/sys/net/ipv4/conf/default/rp_filter' '/proc/sys/net/ipv6/conf/all/accept_redirects' '/proc/sys/net/ipv6/conf/default/accept_redirects' '/proc/sys/net/ipv6/conf/all/accept_source_route' '/proc/sys/net/ipv6/conf/default/accept_source_route' '/proc/sys/net/ipv4/icmp_echo_ignore_broadcasts' '/proc/sys/net/ipv4/icmp_ignore_bogus_error_responses' '/proc/sys/net/ipv4/tcp_syncookies' '/proc/sys/net/core/bpf_jit_harden' '/proc/sys/kernel/randomize_va_space' '/proc/sys/kernel/kptr_restrict' '/proc/sys/kernel/dmesg_restrict' '/proc/sys/kernel/yama/ptrace_scope' '/proc/sys/fs/suid_dumpable' '/proc/sys/fs/protected_hardlinks' '/proc/sys/fs/protected_symlinks'; do [ -e "$file" ] && { [ -w "$file" ] && settable=yes || settable=no; echo "$settable $file $(cat "$file")"; }; done; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'apt-periodic'; { apt-config dump APT::Periodic; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'packages'; { find /var/lib/drydock/package-lists /var/lib/apt/periodic/update-success-stamp -maxdepth 0 -mmin -60 2> /dev/null | grep -q . && echo 'fresh'
dpkg-query -W -f 'status ${Package} ${binary:Package} ${db:Status-Status}\n' -- 'ufw' 'firewalld' 'nftables' 'fail2ban' 'python3-systemd' 'unattended-upgrades'
apt-cache policy -- 'ufw' 'firewalld' 'nftables' 'fail2ban' 'python3-systemd' 'unattended-upgrades'; } 2>/dev/null | base64 -w 0; echo
