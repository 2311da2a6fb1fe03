{ [ ! -L '/etc/apt/apt.conf.d/99drydock-upgrades' ] && [ -f '/etc/apt/apt.conf.d/99drydock-upgrades' ] && [ "$(stat -c '%a %U %G' -- '/etc/apt/apt.conf.d/99drydock-upgrades')" = '644 root root' ] && printf '%s' '// Written by Drydock. Which sources count as security updates stands in 50unattended-upgrades.
APT::Periodic::Enable "1";
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
' | cmp -s -- - '/etc/apt/apt.conf.d/99drydock-upgrades'; } || exit 1
{ systemctl is-enabled --quiet -- 'apt-daily.timer'; } || exit 1
{ systemctl is-active --quiet -- 'apt-daily.timer'; } || exit 1
{ systemctl is-enabled --quiet -- 'apt-daily-upgrade.timer'; } || exit 1
{ systemctl is-active --quiet -- 'apt-daily-upgrade.timer'; } || exit 1
{ apt-config dump APT::Periodic::Unattended-Upgrade | grep -Fq '"1"'; } || exit 1
