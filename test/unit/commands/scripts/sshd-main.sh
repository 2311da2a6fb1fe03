set -eu
umask 077
[ ! -e /etc/debian_version ] || [ -d /run/sshd ] || mkdir -p -m 755 /run/sshd
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/ssh/sshd_config' ]; then
printf '%s\n' '/etc/ssh/sshd_config is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/ssh/sshd_config' ] && [ ! -f '/etc/ssh/sshd_config' ]; then
printf '%s\n' '/etc/ssh/sshd_config is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent' ]; then
if [ -e '/etc/ssh/sshd_config' ]; then
cp -a -- '/etc/ssh/sshd_config' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.absent'
fi
fi
if [ "$(($(stat -f -c '%a * %S' -- '/etc/ssh') / 1024))" -lt '1' ]; then
printf '%s\n' '/etc/ssh: no space left on device for 107 bytes' >&2
exit 1
fi
if [ -L '/etc/ssh/sshd_config' ]; then
printf '%s\n' '/etc/ssh/sshd_config is a symbolic link' >&2
exit 1
fi
if [ -d '/etc/ssh/sshd_config' ]; then
printf '%s\n' '/etc/ssh/sshd_config is a directory' >&2
exit 1
fi
rm -f -- '/etc/ssh/.sshd_config.drydock-new'
trap 'rm -f -- '\''/etc/ssh/.sshd_config.drydock-new'\''' EXIT
set -C
printf '%s' '# Added by Drydock, so that its file is read first.
Include /etc/ssh/sshd_config.d/00-drydock.conf
Port 22
' > '/etc/ssh/.sshd_config.drydock-new'
set +C
sshd -t -f '/etc/ssh/.sshd_config.drydock-new'
chown -- 'root:root' '/etc/ssh/.sshd_config.drydock-new'
chmod -- '600' '/etc/ssh/.sshd_config.drydock-new'
sync -- '/etc/ssh/.sshd_config.drydock-new'
mv -fT -- '/etc/ssh/.sshd_config.drydock-new' '/etc/ssh/sshd_config'
