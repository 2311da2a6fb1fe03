set -eu
umask 077
if ! { LC_ALL=C grep -av '^[[:space:]]*#' -- '/home/app/.ssh/authorized_keys' | LC_ALL=C grep -aqF -- 'AAAAa'; }; then
printf '%s\n' 'the new key is not in /home/app/.ssh/authorized_keys; the old one stays' >&2
exit 1
fi
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
LC_ALL=C sed -e '/^[[:space:]]*#/b' '-e' '\|AAAAb|d' -- '/home/app/.ssh/authorized_keys' > '/home/app/.ssh/.authorized_keys.drydock-new'
set +C
chown -- 'app:app' '/home/app/.ssh/.authorized_keys.drydock-new'
chmod -- '600' '/home/app/.ssh/.authorized_keys.drydock-new'
sync -- '/home/app/.ssh/.authorized_keys.drydock-new'
mv -fT -- '/home/app/.ssh/.authorized_keys.drydock-new' '/home/app/.ssh/authorized_keys'
if command -v restorecon > /dev/null; then
restorecon -R -- '/home/app/.ssh/authorized_keys'
fi
