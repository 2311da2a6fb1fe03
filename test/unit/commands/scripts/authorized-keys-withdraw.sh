set -eu
umask 077
if LC_ALL=C grep -av '^[[:space:]]*#' -- '/home/app/.ssh/authorized_keys' | LC_ALL=C grep -aqF -- 'AAAAa'; then
rm -f -- '/home/app/.ssh/.authorized_keys.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/keys' ]; then
if [ -f '/home/app/.ssh/authorized_keys' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/keys.displaced' ]; then
cp -a -- '/home/app/.ssh/authorized_keys' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/keys.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/keys' '/home/app/.ssh/.authorized_keys.drydock-new'
sync -- '/home/app/.ssh/.authorized_keys.drydock-new'
mv -fT -- '/home/app/.ssh/.authorized_keys.drydock-new' '/home/app/.ssh/authorized_keys'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/keys.absent' ] && [ -f '/home/app/.ssh/authorized_keys' ]; then
mv -fT -- '/home/app/.ssh/authorized_keys' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/keys.displaced'
fi
if [ -d '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/ssh' ]; then
chown --reference='/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/ssh' -- '/home/app/.ssh'
chmod --reference='/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/ssh' -- '/home/app/.ssh'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/ssh.absent' ]; then
if [ -d '/home/app/.ssh' ]; then
rmdir -- '/home/app/.ssh' || printf '%s\n' '/home/app/.ssh is not empty and stays' >&2
fi
fi
fi
