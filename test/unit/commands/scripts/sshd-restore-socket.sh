set -eu
umask 077
rm -f -- '/etc/ssh/sshd_config.d/.00-drydock.conf.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ]; then
if [ -f '/etc/ssh/sshd_config.d/00-drydock.conf' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced' ]; then
cp -a -- '/etc/ssh/sshd_config.d/00-drydock.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' '/etc/ssh/sshd_config.d/.00-drydock.conf.drydock-new'
sync -- '/etc/ssh/sshd_config.d/.00-drydock.conf.drydock-new'
mv -fT -- '/etc/ssh/sshd_config.d/.00-drydock.conf.drydock-new' '/etc/ssh/sshd_config.d/00-drydock.conf'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ] && [ -f '/etc/ssh/sshd_config.d/00-drydock.conf' ]; then
mv -fT -- '/etc/ssh/sshd_config.d/00-drydock.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.displaced'
fi
