set -eu
umask 077
dnf -q -y makecache
missing=0
dnf -q -y list -- 'curl' > /dev/null || { printf '%s\n' 'no package curl in the repositories' >&2; missing=1; }
dnf -q -y list -- 'libstdc++6' > /dev/null || { printf '%s\n' 'no package libstdc++6 in the repositories' >&2; missing=1; }
exit "$missing"
