{ ufw status | grep -q '^Status: active'; } || exit 1
{ grep -qi '^ENABLED=yes' '/etc/ufw/ufw.conf'; } || exit 1
{ systemctl is-enabled --quiet -- ufw.service; } || exit 1
{ iptables -w 5 -S ufw-user-input | grep -Eq -- '--dport 22 .*-j ACCEPT'; } || exit 1
{ { [ ! -e /proc/sys/net/ipv6 ] || ip6tables -w 5 -S ufw6-user-input | grep -Eq -- '--dport 22 .*-j ACCEPT'; }; } || exit 1
