set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
export ZYPP_LOCK_TIMEOUT=300
export LC_ALL=C
[ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.before' ] || rpm -qa --qf '%{NAME}.%{ARCH}\n' | LC_ALL=C sort -u > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.before'
status=0
zypper --non-interactive install -- 'curl' 'libstdc++6' < /dev/null || status=$?
rpm -qa --qf '%{NAME}.%{ARCH}\n' | LC_ALL=C sort -u > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.after'
comm -13 -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.before' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.after' > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item'
exit "$status"
