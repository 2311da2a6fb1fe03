{ [ ! -L '/etc/fail2ban/jail.d/drydock.local' ] && [ -f '/etc/fail2ban/jail.d/drydock.local' ] && [ "$(stat -c '%a %U %G' -- '/etc/fail2ban/jail.d/drydock.local')" = '644 root root' ] && printf '%s' '# Written by Drydock.

[sshd]
enabled = true
backend = systemd
journalmatch = SYSLOG_IDENTIFIER=sshd _UID=0 + SYSLOG_IDENTIFIER=sshd-session _UID=0 + SYSLOG_IDENTIFIER=sshd-auth _UID=0
failregex = ^(?:Connection (?:closed|reset)|Disconnected) (?:by|from) authenticating user <F-USER>\S+|.*?</F-USER> <HOST>(?: port \d+)?\s+\[preauth\]\s*$
            %(known/failregex)s
banaction = nftables[type=multiport]
port = 22,2222
maxretry = 5
findtime = 600
bantime = 3600
ignoreip = 127.0.0.0/8 ::1 10.0.0.9

[nginx-http-auth]
enabled = true
backend = auto
logpath = /var/log/nginx/error.log
banaction = nftables[type=multiport]
maxretry = 5
findtime = 600
bantime = 3600
ignoreip = 127.0.0.0/8 ::1 10.0.0.9
' | cmp -s -- - '/etc/fail2ban/jail.d/drydock.local'; } || exit 1
{ systemctl is-enabled --quiet -- fail2ban.service; } || exit 1
{ systemctl is-active --quiet -- fail2ban.service; } || exit 1
fail2ban-client status 'sshd' > /dev/null 2>&1 || { printf '%s\n' 'fail2ban does not watch sshd' >&2; exit 1; }
fail2ban-client status 'nginx-http-auth' > /dev/null 2>&1 || { printf '%s\n' 'fail2ban does not watch nginx-http-auth' >&2; exit 1; }
