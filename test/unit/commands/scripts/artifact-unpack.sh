set -eu
umask 077
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
rm -rf -- '/srv/hello/releases/.1.0.0-12345678.draft'
trap 'if [ $? != 0 ]; then
free=$(($(stat -f -c '\''%a * %S'\'' -- '\''/srv/hello/releases'\'')))
rm -rf -- '\''/srv/hello/releases/.1.0.0-12345678.draft'\'' '\''/srv/hello/releases/.1.0.0-12345678.draft.links'\''
[ "$free" -ge 65536 ] || printf '\''No space left on device: %s bytes were free.\n'\'' "$free" >&2
fi' EXIT
mkdir -m 755 -- '/srv/hello/releases/.1.0.0-12345678.draft'
tar -xzf '/srv/hello/.incoming/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' -C '/srv/hello/releases/.1.0.0-12345678.draft' --no-same-owner --no-same-permissions --strip-components='0'
find '/srv/hello/releases/.1.0.0-12345678.draft' '(' -type b -o -type c -o -type p -o -type s ')' -print -quit | grep -q . && { printf '%s\n' 'The artifact holds a device, pipe or socket' >&2
exit 1; }
find '/srv/hello/releases/.1.0.0-12345678.draft' -type l > '/srv/hello/releases/.1.0.0-12345678.draft.links'
while IFS= read -r link; do
case "$(realpath -m -- "$link")" in '/srv/hello/releases/.1.0.0-12345678.draft'|'/srv/hello/releases/.1.0.0-12345678.draft'/*) ;; *) rm -f -- '/srv/hello/releases/.1.0.0-12345678.draft.links'; printf '%s\n' "The artifact is refused: it holds a link that leads out: $link" >&2; exit 1 ;; esac
done < '/srv/hello/releases/.1.0.0-12345678.draft.links'
rm -f -- '/srv/hello/releases/.1.0.0-12345678.draft.links'
rm -rf -- '/srv/hello/releases/.1.0.0-12345678.draft/public/uploads'
mkdir -p -- '/srv/hello/releases/.1.0.0-12345678.draft/public'
ln -s -- '/srv/hello/shared/public/uploads' '/srv/hello/releases/.1.0.0-12345678.draft/public/uploads'
chown -R -h -- root:root '/srv/hello/releases/.1.0.0-12345678.draft'
chmod -R -- u=rwX,go=rX '/srv/hello/releases/.1.0.0-12345678.draft'
sync -f -- '/srv/hello/releases/.1.0.0-12345678.draft'
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item.made'
mv -T -- '/srv/hello/releases/.1.0.0-12345678.draft' '/srv/hello/releases/1.0.0-12345678'
