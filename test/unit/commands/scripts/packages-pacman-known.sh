missing=0
pacman -Sp -- 'curl' > /dev/null || { printf '%s\n' 'no package curl in the repositories' >&2; missing=1; }
pacman -Sp -- 'libstdc++6' > /dev/null || { printf '%s\n' 'no package libstdc++6 in the repositories' >&2; missing=1; }
exit "$missing"
