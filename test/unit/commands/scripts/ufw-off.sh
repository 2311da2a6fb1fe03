set -eu
umask 077
if ! command -v ufw > /dev/null; then
exit 0
fi
rm -f -- '/etc/ufw/.user.rules.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules' ]; then
if [ -f '/etc/ufw/user.rules' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules.displaced' ]; then
cp -a -- '/etc/ufw/user.rules' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules' '/etc/ufw/.user.rules.drydock-new'
sync -- '/etc/ufw/.user.rules.drydock-new'
mv -fT -- '/etc/ufw/.user.rules.drydock-new' '/etc/ufw/user.rules'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules.absent' ] && [ -f '/etc/ufw/user.rules' ]; then
mv -fT -- '/etc/ufw/user.rules' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules.displaced'
fi
rm -f -- '/etc/ufw/.user6.rules.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules6' ]; then
if [ -f '/etc/ufw/user6.rules' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules6.displaced' ]; then
cp -a -- '/etc/ufw/user6.rules' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules6.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules6' '/etc/ufw/.user6.rules.drydock-new'
sync -- '/etc/ufw/.user6.rules.drydock-new'
mv -fT -- '/etc/ufw/.user6.rules.drydock-new' '/etc/ufw/user6.rules'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules6.absent' ] && [ -f '/etc/ufw/user6.rules' ]; then
mv -fT -- '/etc/ufw/user6.rules' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-rules6.displaced'
fi
rm -f -- '/etc/ufw/.ufw.conf.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-conf' ]; then
if [ -f '/etc/ufw/ufw.conf' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-conf.displaced' ]; then
cp -a -- '/etc/ufw/ufw.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-conf.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-conf' '/etc/ufw/.ufw.conf.drydock-new'
sync -- '/etc/ufw/.ufw.conf.drydock-new'
mv -fT -- '/etc/ufw/.ufw.conf.drydock-new' '/etc/ufw/ufw.conf'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-conf.absent' ] && [ -f '/etc/ufw/ufw.conf' ]; then
mv -fT -- '/etc/ufw/ufw.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-conf.displaced'
fi
rm -f -- '/etc/default/.ufw.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-defaults' ]; then
if [ -f '/etc/default/ufw' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-defaults.displaced' ]; then
cp -a -- '/etc/default/ufw' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-defaults.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-defaults' '/etc/default/.ufw.drydock-new'
sync -- '/etc/default/.ufw.drydock-new'
mv -fT -- '/etc/default/.ufw.drydock-new' '/etc/default/ufw'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-defaults.absent' ] && [ -f '/etc/default/ufw' ]; then
mv -fT -- '/etc/default/ufw' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-defaults.displaced'
fi
systemctl disable -- ufw.service
for init in /usr/lib/ufw/ufw-init /lib/ufw/ufw-init; do if [ -x "$init" ]; then "$init" force-stop; break; fi; done
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-values' ]; then
sysctl -q -e -p '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-values'
fi
