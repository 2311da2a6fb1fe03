set -eu
umask 077
mkdir -p -m 700 -- '/srv/hello/.incoming'
rm -f -- '/srv/hello/.incoming/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.part'
trap 'if [ $? != 0 ]; then
free=$(($(stat -f -c '\''%a * %S'\'' -- '\''/srv/hello/.incoming'\'')))
rm -rf -- '\''/srv/hello/.incoming/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.part'\''
[ "$free" -ge 65536 ] || printf '\''No space left on device: %s bytes were free.\n'\'' "$free" >&2
fi' EXIT
if command -v curl > /dev/null; then
curl -fsSL --retry 3 --connect-timeout 20 --max-filesize '4294967296' -o '/srv/hello/.incoming/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.part' --proto '=http,https' --proto-redir '=http,https' -K - <<'DRYDOCK_END'
url = "https://example.net/hello.tar.gz"
DRYDOCK_END
else
if command -v wget > /dev/null; then
wget -nv --tries=3 --timeout=60 --connect-timeout=20 -O '/srv/hello/.incoming/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.part' -i - <<'DRYDOCK_END'
https://example.net/hello.tar.gz
DRYDOCK_END
else
printf '%s\n' 'neither curl nor wget is installed there' >&2
exit 1
fi
fi
sync -- '/srv/hello/.incoming/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.part'
