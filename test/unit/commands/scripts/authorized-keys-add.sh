set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/home/app/.ssh' ]; then
printf '%s\n' '/home/app/.ssh is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/home/app/.ssh' ] && [ ! -d '/home/app/.ssh' ]; then
printf '%s\n' '/home/app/.ssh is not a directory' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/ssh' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/ssh.absent' ]; then
if [ -e '/home/app/.ssh' ]; then
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/ssh.new'
chown --reference='/home/app/.ssh' -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/ssh.new'
chmod --reference='/home/app/.ssh' -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/ssh.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/ssh.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/ssh.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/ssh'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/ssh.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/ssh.absent'
fi
fi
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/home/app/.ssh/authorized_keys' ]; then
printf '%s\n' '/home/app/.ssh/authorized_keys is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/home/app/.ssh/authorized_keys' ] && [ ! -f '/home/app/.ssh/authorized_keys' ]; then
printf '%s\n' '/home/app/.ssh/authorized_keys is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/keys' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/keys.absent' ]; then
if [ -e '/home/app/.ssh/authorized_keys' ]; then
cp -a -- '/home/app/.ssh/authorized_keys' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/keys.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/keys.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/keys.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/keys'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/keys.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/keys.absent'
fi
fi
mkdir -p -- '/home/app/.ssh'
chown -- 'app:app' '/home/app/.ssh'
chmod -- 700 '/home/app/.ssh'
if [ "$(($(stat -f -c '%a * %S' -- '/home/app/.ssh') / 1024))" -lt '64' ]; then
printf '%s\n' '/home/app/.ssh: no space left on device for 65536 bytes' >&2
exit 1
fi
if [ -L '/home/app/.ssh/authorized_keys' ]; then
printf '%s\n' '/home/app/.ssh/authorized_keys is a symbolic link' >&2
exit 1
fi
if [ -d '/home/app/.ssh/authorized_keys' ]; then
printf '%s\n' '/home/app/.ssh/authorized_keys is a directory' >&2
exit 1
fi
rm -f -- '/home/app/.ssh/.authorized_keys.drydock-new'
trap 'rm -f -- '\''/home/app/.ssh/.authorized_keys.drydock-new'\''' EXIT
set -C
if [ -e '/home/app/.ssh/authorized_keys' ]; then
cat -- '/home/app/.ssh/authorized_keys' > '/home/app/.ssh/.authorized_keys.drydock-new'
else
: > '/home/app/.ssh/.authorized_keys.drydock-new'
fi
if [ -n "$(tail -c 1 -- '/home/app/.ssh/.authorized_keys.drydock-new')" ]; then
echo >> '/home/app/.ssh/.authorized_keys.drydock-new'
fi
{ LC_ALL=C grep -av '^[[:space:]]*#' -- '/home/app/.ssh/.authorized_keys.drydock-new' | LC_ALL=C grep -aqF -- 'AAAAa'; } || printf '%s\n' 'ssh-ed25519 AAAAa ann' >> '/home/app/.ssh/.authorized_keys.drydock-new'
{ LC_ALL=C grep -av '^[[:space:]]*#' -- '/home/app/.ssh/.authorized_keys.drydock-new' | LC_ALL=C grep -aqF -- 'AAAAb'; } || printf '%s\n' 'ssh-rsa AAAAb bob'\''s' >> '/home/app/.ssh/.authorized_keys.drydock-new'
set +C
chown -- 'app:app' '/home/app/.ssh/.authorized_keys.drydock-new'
chmod -- '600' '/home/app/.ssh/.authorized_keys.drydock-new'
sync -- '/home/app/.ssh/.authorized_keys.drydock-new'
mv -fT -- '/home/app/.ssh/.authorized_keys.drydock-new' '/home/app/.ssh/authorized_keys'
if command -v restorecon > /dev/null; then
restorecon -R -- '/home/app/.ssh'
fi
