set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
export DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none NEEDRESTART_MODE=l LC_ALL=C
status=0
apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o 'Dpkg::Options::=--log=/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' install -- 'curl' 'libstdc++6' < /dev/null || status=$?
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' ]; then
cat -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item' >> /var/log/dpkg.log
fi
exit "$status"
