set -eu
umask 077
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ]; then
exit 0
fi
export DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none NEEDRESTART_MODE=l LC_ALL=C
export SUDO_FORCE_REMOVE=yes
apt-get -q -o DPkg::Lock::Timeout=300 check > /dev/null || true
awk '$3 == "install" && $5 == "<none>" { print $4 }' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' | sort -u | xargs -r dpkg --purge --
awk '$3 == "install" && $5 != "<none>" { print $4 }' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' | sort -u | xargs -r dpkg --remove --
if ! systemctl cat -- 'unattended-upgrades.service' > /dev/null 2>&1; then
systemctl --quiet stop -- 'unattended-upgrades.service' 2> /dev/null || true
fi
if ! systemctl cat -- 'fail2ban.service' > /dev/null 2>&1; then
systemctl --quiet reset-failed -- 'fail2ban.service' 2> /dev/null || true
fi
