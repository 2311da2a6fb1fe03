{ [ ! -L '/etc/sysctl.d/99-zz-drydock.conf' ] && [ -f '/etc/sysctl.d/99-zz-drydock.conf' ] && [ "$(stat -c '%a %U %G' -- '/etc/sysctl.d/99-zz-drydock.conf')" = '644 root root' ] && printf '%s' '# Written by Drydock.
net.ipv4.tcp_syncookies = 1
net.ipv4.conf.all.rp_filter = 2
' | cmp -s -- - '/etc/sysctl.d/99-zz-drydock.conf'; } || exit 1
[ "$(sysctl -n -- 'net.ipv4.tcp_syncookies')" = '1' ] || { printf '%s\n' 'net.ipv4.tcp_syncookies is not 1' >&2; exit 1; }
[ "$(sysctl -n -- 'net.ipv4.conf.all.rp_filter')" = '2' ] || { printf '%s\n' 'net.ipv4.conf.all.rp_filter is not 2' >&2; exit 1; }
