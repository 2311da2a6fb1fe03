set -eu
umask 077
if [ "$(($(stat -f -c '%a * %S' -- '/etc/app') / 1024))" -lt '1' ]; then
printf '%s\n' '/etc/app: no space left on device for 10 bytes' >&2
exit 1
fi
if [ -L '/etc/app/a.conf' ]; then
printf '%s\n' '/etc/app/a.conf is a symbolic link' >&2
exit 1
fi
if [ -d '/etc/app/a.conf' ]; then
printf '%s\n' '/etc/app/a.conf is a directory' >&2
exit 1
fi
rm -f -- '/etc/app/.a.conf.drydock-new'
trap 'rm -f -- '\''/etc/app/.a.conf.drydock-new'\''' EXIT
set -C
printf '%s' 'name='\''$x'\''
' > '/etc/app/.a.conf.drydock-new'
set +C
chown -- 'root:app' '/etc/app/.a.conf.drydock-new'
chmod -- '640' '/etc/app/.a.conf.drydock-new'
sync -- '/etc/app/.a.conf.drydock-new'
mv -fT -- '/etc/app/.a.conf.drydock-new' '/etc/app/a.conf'
