[ ! -L '/etc/sudoers.d/drydock-app' ] && [ -f '/etc/sudoers.d/drydock-app' ] && [ "$(stat -c '%a %U %G' -- '/etc/sudoers.d/drydock-app')" = '440 root root' ] && printf '%s' '# Written by Drydock for app.
app ALL=(ALL:ALL) NOPASSWD: /usr/bin/systemctl restart web, /usr/bin/a\,b\:c\=d
' | cmp -s -- - '/etc/sudoers.d/drydock-app'
