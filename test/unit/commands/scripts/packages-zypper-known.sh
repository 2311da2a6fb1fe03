missing=0
zypper --non-interactive --quiet search --match-exact --provides -- 'curl' > /dev/null || { printf '%s\n' 'no package curl in the repositories' >&2; missing=1; }
zypper --non-interactive --quiet search --match-exact --provides -- 'libstdc++6' > /dev/null || { printf '%s\n' 'no package libstdc++6 in the repositories' >&2; missing=1; }
exit "$missing"
