[ ! -L '/etc/systemd/system/web.service' ] && [ -f '/etc/systemd/system/web.service' ] && [ "$(stat -c '%a %U %G' -- '/etc/systemd/system/web.service')" = '644 root root' ] && printf '%s' '# Written by Drydock from a definition; what is changed here by hand is brought back.

[Unit]
Description=The web

[Service]
Type=exec
ExecStart=/usr/bin/node server.js
Restart=on-failure
RestartSec=1000ms

[Install]
WantedBy=multi-user.target
' | cmp -s -- - '/etc/systemd/system/web.service' && [ "$(systemctl show --property=NeedDaemonReload -- 'web.service')" = NeedDaemonReload=no ] && [ "$(systemctl show --property=LoadState -- 'web.service')" = LoadState=loaded ]
