export LC_ALL=C TZ=UTC
printf '@%s ' 'unit'; { systemctl show --property=Id,Description,LoadState,ActiveState,SubState,UnitFileState,Type,Result,ExecMainStatus,MainPID,MemoryCurrent,CPUUsageNSec,NRestarts,StateChangeTimestamp,FragmentPath,DropInPaths,CanReload,NeedDaemonReload,Requires,BindsTo,Wants,RequiredBy,BoundBy,ConsistsOf,WantedBy,Before,After,TriggeredBy -- 'web.service'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'file'; { stat -c '%F|%a|%U|%G' -- '/etc/systemd/system/web.service' && head -c '1048576' -- '/etc/systemd/system/web.service'; } 2>/dev/null | base64 -w 0; echo
umask 077; mkdir -p -- '/run/drydock-unit-01970000-0000-7000-8000-000000000001'; printf '%s' '# Written by Drydock from a definition; what is changed here by hand is brought back.

[Unit]
Description=The web

[Service]
Type=exec
ExecStart=/usr/bin/node server.js
Restart=on-failure
RestartSec=1000ms

[Install]
WantedBy=multi-user.target
' > '/run/drydock-unit-01970000-0000-7000-8000-000000000001/web.service'
printf '@%s ' 'verify'; { said=$(systemd-analyze verify --man=no --recursive-errors=no '/run/drydock-unit-01970000-0000-7000-8000-000000000001/web.service' 2>&1); status=$?
case "$said" in *'unrecognized option'*) said=$(systemd-analyze verify --man=no '/run/drydock-unit-01970000-0000-7000-8000-000000000001/web.service' 2>&1); status=$? ;; esac
printf '%s\n' "$status" "$said"; } 2>/dev/null | base64 -w 0; echo
rm -f -- '/run/drydock-unit-01970000-0000-7000-8000-000000000001/web.service'; rmdir -- '/run/drydock-unit-01970000-0000-7000-8000-000000000001'
