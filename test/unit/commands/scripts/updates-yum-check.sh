{ [ ! -L '/etc/yum/yum-cron.conf' ] && [ -f '/etc/yum/yum-cron.conf' ] && [ "$(stat -c '%a %U %G' -- '/etc/yum/yum-cron.conf')" = '644 root root' ] && printf '%s' '[commands]
update_cmd = security
download_updates = yes
apply_updates = yes
[email]
to = root
' | cmp -s -- - '/etc/yum/yum-cron.conf'; } || exit 1
{ systemctl is-enabled --quiet -- 'yum-cron.service'; } || exit 1
{ systemctl is-active --quiet -- 'yum-cron.service'; } || exit 1
