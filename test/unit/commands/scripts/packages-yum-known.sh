missing=0
yum -q -y list 'curl' > /dev/null || { printf '%s\n' 'no package curl in the repositories' >&2; missing=1; }
yum -q -y list 'libstdc++6' > /dev/null || { printf '%s\n' 'no package libstdc++6 in the repositories' >&2; missing=1; }
exit "$missing"
