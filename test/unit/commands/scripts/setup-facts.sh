export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
home=$(getent passwd 'app' | cut -d : -f 6)
[ -n "$home" ] || home='/home/app'
printf '@%s ' 'user'; { getent passwd 'app'; id -gn -- 'app'; id -Gn -- 'app'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'shell'; { [ -x '/bin/bash' ] && echo yes; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'groups'; { getent group 'app' 'sudo' 'systemd-journal' 'app'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'users'; { getent passwd 'app' 'app'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'home'; { stat -c '%F|%a|%U|%G' -- "$home"; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'ssh'; { stat -c '%F|%a|%U|%G' -- "$home/.ssh"; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'keys'; { [ -f "$home"'/.ssh/authorized_keys' ] && stat -c '%F|%a|%U|%G' -- "$home"'/.ssh/authorized_keys' && head -c '1048576' -- "$home"'/.ssh/authorized_keys'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'key-link'; { [ -L "$home"'/.ssh/authorized_keys' ] && echo yes; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'key-files'; { [ ! -e /etc/debian_version ] || [ -d /run/sshd ] || mkdir -p -m 755 /run/sshd; sshd -T -C 'user=app,host=localhost,addr=127.0.0.1' | sed -n 's/^authorizedkeysfile //p'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'sudoers'; { stat -c '%F|%a|%U|%G' -- '/etc/sudoers.d/drydock-app' && head -c '1048576' -- '/etc/sudoers.d/drydock-app'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'sudo'; { command -v visudo; cat /etc/sudoers /usr/etc/sudoers | grep -E '^[@#]includedir +/etc/sudoers.d'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'directory-0'; { stat -c '%F|%a|%U|%G' -- '/opt/app'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'parents-0'; { [ -e '/opt' ] || printf '%s\n' '/opt'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'directory-1'; { stat -c '%F|%a|%U|%G' -- '/srv/a b/c'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'parents-1'; { [ -e '/srv/a b' ] || printf '%s\n' '/srv/a b'
[ -e '/srv' ] || printf '%s\n' '/srv'; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'inside-1'; { find '/srv/a b/c' '!' -type l '(' '!' -user 'app' -o '!' -group 'app' -o -type d '!' -perm '755' -o -type f '!' -perm '755' '!' -perm '644' ')' -print -quit; } 2>/dev/null | base64 -w 0; echo
printf '@%s ' 'packages'; { find /var/lib/drydock/package-lists /var/lib/apt/periodic/update-success-stamp -maxdepth 0 -mmin -60 2> /dev/null | grep -q . && echo 'fresh'
dpkg-query -W -f 'status ${Package} ${binary:Package} ${db:Status-Status}\n' -- 'curl' 'systemd' 'awk' 'no-such-package' 'sudo'
apt-cache policy -- 'curl' 'systemd' 'awk' 'no-such-package' 'sudo'; } 2>/dev/null | base64 -w 0; echo
