{ [ ! -L '/etc/systemd/system/drydock-updates.service' ] && [ -f '/etc/systemd/system/drydock-updates.service' ] && [ "$(stat -c '%a %U %G' -- '/etc/systemd/system/drydock-updates.service')" = '644 root root' ] && printf '%s' '# Written by Drydock.
[Unit]
Description=Security updates
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
Environment=ZYPP_LOCK_TIMEOUT=300
ExecStart=/usr/bin/zypper --non-interactive patch --category security
SuccessExitStatus=102 103
' | cmp -s -- - '/etc/systemd/system/drydock-updates.service'; } || exit 1
{ [ ! -L '/etc/systemd/system/drydock-updates.timer' ] && [ -f '/etc/systemd/system/drydock-updates.timer' ] && [ "$(stat -c '%a %U %G' -- '/etc/systemd/system/drydock-updates.timer')" = '644 root root' ] && printf '%s' '# Written by Drydock.
[Unit]
Description=Security updates once a day

[Timer]
OnCalendar=daily
RandomizedDelaySec=4h
Persistent=true

[Install]
WantedBy=timers.target
' | cmp -s -- - '/etc/systemd/system/drydock-updates.timer'; } || exit 1
{ systemctl is-enabled --quiet -- 'drydock-updates.timer'; } || exit 1
{ systemctl is-active --quiet -- 'drydock-updates.timer'; } || exit 1
