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
curl -fsSL --proto '=http,https' --proto-redir '=http,https' --retry 3 --connect-timeout 20 --max-filesize '4294967296' -o '/srv/hello/.incoming/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.part' -- 'https://example.net/hello.tar.gz'
else
wget -nv --tries=3 --timeout=60 --connect-timeout=20 -O '/srv/hello/.incoming/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.part' -- 'https://example.net/hello.tar.gz'
fi
sync -- '/srv/hello/.incoming/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.part'
