{ firewall-cmd --state > /dev/null; } || exit 1
{ systemctl is-enabled --quiet -- firewalld.service; } || exit 1
{ [ "$(firewall-cmd --permanent --zone='public' --get-target)" != ACCEPT ]; } || exit 1
firewall-cmd --zone='public' '--query-port=22/tcp' > /dev/null || { printf '%s\n' 'firewalld has no rule for 22/tcp' >&2; exit 1; }
{ firewall-cmd --permanent --zone='public' '--query-port=22/tcp' > /dev/null; } || exit 1
firewall-cmd --zone='public' '--query-port=80/tcp' > /dev/null || { printf '%s\n' 'firewalld has no rule for 80/tcp' >&2; exit 1; }
{ firewall-cmd --permanent --zone='public' '--query-port=80/tcp' > /dev/null; } || exit 1
firewall-cmd --zone='public' '--query-rich-rule=rule family="ipv4" source address="10.0.0.0/8" port port="5432" protocol="tcp" accept' > /dev/null || { printf '%s\n' 'firewalld has no rule for 5432/tcp from 10.0.0.0/8' >&2; exit 1; }
{ firewall-cmd --permanent --zone='public' '--query-rich-rule=rule family="ipv4" source address="10.0.0.0/8" port port="5432" protocol="tcp" accept' > /dev/null; } || exit 1
firewall-cmd --zone='public' '--query-rich-rule=rule family="ipv6" source address="2001:db8::/32" port port="8000-8010" protocol="udp" accept' > /dev/null || { printf '%s\n' 'firewalld has no rule for 8000-8010/udp from 2001:db8::/32' >&2; exit 1; }
{ firewall-cmd --permanent --zone='public' '--query-rich-rule=rule family="ipv6" source address="2001:db8::/32" port port="8000-8010" protocol="udp" accept' > /dev/null; } || exit 1
firewall-cmd --zone='public' '--query-rich-rule=rule port port="25" protocol="tcp" drop' > /dev/null || { printf '%s\n' 'firewalld has no rule for deny 25/tcp' >&2; exit 1; }
{ firewall-cmd --permanent --zone='public' '--query-rich-rule=rule port port="25" protocol="tcp" drop' > /dev/null; } || exit 1
