set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/firewalld/zones/public.xml' ]; then
printf '%s\n' '/etc/firewalld/zones/public.xml is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/firewalld/zones/public.xml' ] && [ ! -f '/etc/firewalld/zones/public.xml' ]; then
printf '%s\n' '/etc/firewalld/zones/public.xml is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ]; then
if [ -e '/etc/firewalld/zones/public.xml' ]; then
cp -a -- '/etc/firewalld/zones/public.xml' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
fi
fi
firewall-offline-cmd --zone='public' '--add-port=22/tcp'
firewall-offline-cmd --zone='public' '--add-port=80/tcp'
firewall-offline-cmd --zone='public' '--add-rich-rule=rule family="ipv4" source address="10.0.0.0/8" port port="5432" protocol="tcp" accept'
firewall-offline-cmd --zone='public' '--add-rich-rule=rule family="ipv6" source address="2001:db8::/32" port port="8000-8010" protocol="udp" accept'
firewall-offline-cmd --zone='public' '--add-rich-rule=rule port port="25" protocol="tcp" drop'
[ "$(firewall-offline-cmd --zone='public' --get-target)" != ACCEPT ] || firewall-offline-cmd --zone='public' --set-target=default
systemctl enable --now -- firewalld.service
