set -eu
umask 077
export DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none NEEDRESTART_MODE=l LC_ALL=C
lock=/var/lib/apt/lists/lock
waited=0
while [ -e "$lock" ] && grep -q ":$(stat -c %i "$lock") " /proc/locks && [ "$waited" -lt 300 ]; do
sleep 1; waited=$((waited + 1))
done
apt-get -q update
mkdir -p /var/lib/drydock
touch /var/lib/drydock/package-lists
missing=0
if ! { find /var/lib/drydock/package-lists /var/lib/apt/periodic/update-success-stamp -maxdepth 0 -mmin -60 2> /dev/null | grep -q .; }; then
echo 'the package lists are older than an hour' >&2; missing=1
fi
{ LC_ALL=C apt-cache policy -- 'curl' | grep -q 'Candidate: [^(]'; } || { printf '%s\n' 'no package curl can be installed: the lists do not have it, or only as a virtual name' >&2; missing=1; }
{ LC_ALL=C apt-cache policy -- 'libstdc++6' | grep -q 'Candidate: [^(]'; } || { printf '%s\n' 'no package libstdc++6 can be installed: the lists do not have it, or only as a virtual name' >&2; missing=1; }
exit "$missing"
