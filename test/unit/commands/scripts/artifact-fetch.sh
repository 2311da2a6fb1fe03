set -eu
umask 077
mkdir -p -m 700 -- '/srv/hello/.incoming'
rm -f -- '/srv/hello/.incoming/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.part'
if command -v curl > /dev/null; then
curl -fsSL --proto '=http,https' --proto-redir '=http,https' --retry 3 --connect-timeout 20 --max-filesize '4294967296' -o '/srv/hello/.incoming/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.part' -- 'https://example.net/hello.tar.gz'
else
wget -nv --tries=3 --timeout=60 --connect-timeout=20 -O '/srv/hello/.incoming/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.part' -- 'https://example.net/hello.tar.gz'
fi
sync -- '/srv/hello/.incoming/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.part'
