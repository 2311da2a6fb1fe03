{ [ ! -L '/etc/dnf/automatic.conf' ] && [ -f '/etc/dnf/automatic.conf' ] && [ "$(stat -c '%a %U %G' -- '/etc/dnf/automatic.conf')" = '644 root root' ] && printf '%s' '[commands]
upgrade_type = security
download_updates = yes
apply_updates = yes
[email]
to = root
' | cmp -s -- - '/etc/dnf/automatic.conf'; } || exit 1
{ systemctl is-enabled --quiet -- 'dnf-automatic.timer'; } || exit 1
{ systemctl is-active --quiet -- 'dnf-automatic.timer'; } || exit 1
