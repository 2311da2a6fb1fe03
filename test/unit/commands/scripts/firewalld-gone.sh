set -eu
umask 077
rm -f -- '/etc/firewalld/zones/.public.xml.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ]; then
if [ -f '/etc/firewalld/zones/public.xml' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced' ]; then
cp -a -- '/etc/firewalld/zones/public.xml' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' '/etc/firewalld/zones/.public.xml.drydock-new'
sync -- '/etc/firewalld/zones/.public.xml.drydock-new'
mv -fT -- '/etc/firewalld/zones/.public.xml.drydock-new' '/etc/firewalld/zones/public.xml'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ] && [ -f '/etc/firewalld/zones/public.xml' ]; then
mv -fT -- '/etc/firewalld/zones/public.xml' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced'
fi
:
