LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
d='/var/lib/drydock/reverts/01970000-0000-7000-8000-000000000001'
if mv -T -- "$d/armed" "$d/claimed-by-disarm" 2>/dev/null; then sync -- "$d"; fi
if [ -e "$d/claimed-by-restore" ]; then
printf '%s\n' 'the host was first: it has restored itself, because no log-in was proved in time' >&2
exit 1
fi
if [ ! -e "$d/claimed-by-disarm" ]; then
printf '%s\n' 'no automatic revert is armed' >&2
exit 1
fi
systemctl --quiet stop -- 'drydock-revert-01970000-0000-7000-8000-000000000001.timer' 2>/dev/null
systemctl --quiet disable -- 'drydock-revert-01970000-0000-7000-8000-000000000001.timer' 'drydock-revert-01970000-0000-7000-8000-000000000001.service' 2>/dev/null
rm -f -- '/etc/systemd/system/drydock-revert-01970000-0000-7000-8000-000000000001.timer' '/etc/systemd/system/drydock-revert-01970000-0000-7000-8000-000000000001.service'
systemctl daemon-reload
rm -f -- '/etc/ssh/sshd_config.d/.00-drydock.conf.drydock-revert' '/etc/.it'\''s here.drydock-revert'
rm -f -- "$d/reserve"
sync
if [ ! -e '/var/lib/drydock/reverts/01960000-0000-7000-8000-000000000001/armed' ]; then
rm -rf -- '/var/lib/drydock/reverts/01960000-0000-7000-8000-000000000001' || true
fi
