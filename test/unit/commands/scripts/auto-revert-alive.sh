LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
d='/var/lib/drydock/reverts/01970000-0000-7000-8000-000000000001'
dead() { printf '%s\n' "the automatic revert is not alive: $*" >&2; exit 1; }
[ -s "$d/armed" ] || dead "its token is gone"
[ -s "$d/restore" ] && [ -s "$d/clock" ] && [ -e "$d/units" ] || dead "what it would run is not there"
(cd -- "$d/saved" && sha256sum -c --status -- ../manifest) || dead "what was saved cannot be read"
systemctl is-active --quiet -- 'drydock-revert-01970000-0000-7000-8000-000000000001.timer' || dead "its timer does not run"
case $(systemctl show --property=NextElapseUSecMonotonic --value -- 'drydock-revert-01970000-0000-7000-8000-000000000001.timer') in
  '' | 0 | infinity) dead "its timer has no next time" ;;
esac
for name in 'drydock-revert-01970000-0000-7000-8000-000000000001.service' 'drydock-revert-01970000-0000-7000-8000-000000000001.timer'; do
  [ "$(systemctl show --property=LoadState --value -- "$name")" = loaded ] || dead "$name is not loaded"
  systemctl is-enabled --quiet -- "$name" || dead "$name would not survive a boot"
done
systemctl cat -- 'drydock-revert-01970000-0000-7000-8000-000000000001.service' | grep -qF 'ExecStart=/bin/sh /var/lib/drydock/reverts/01970000-0000-7000-8000-000000000001/restore' || dead "its unit is another's"
