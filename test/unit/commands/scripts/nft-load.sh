set -eu
umask 077
mkdir -p -m 755 /etc/drydock '/etc/systemd/system/nftables.service.d'
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/drydock/host.nft' ]; then
printf '%s\n' '/etc/drydock/host.nft is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/drydock/host.nft' ] && [ ! -f '/etc/drydock/host.nft' ]; then
printf '%s\n' '/etc/drydock/host.nft is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent' ]; then
if [ -e '/etc/drydock/host.nft' ]; then
cp -a -- '/etc/drydock/host.nft' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent'
fi
fi
if [ "$(($(stat -f -c '%a * %S' -- '/etc/drydock') / 1024))" -lt '1' ]; then
printf '%s\n' '/etc/drydock: no space left on device for 649 bytes' >&2
exit 1
fi
if [ -L '/etc/drydock/host.nft' ]; then
printf '%s\n' '/etc/drydock/host.nft is a symbolic link' >&2
exit 1
fi
if [ -d '/etc/drydock/host.nft' ]; then
printf '%s\n' '/etc/drydock/host.nft is a directory' >&2
exit 1
fi
rm -f -- '/etc/drydock/.host.nft.drydock-new'
trap 'rm -f -- '\''/etc/drydock/.host.nft.drydock-new'\''' EXIT
set -C
printf '%s' '# Written by Drydock.
table inet drydock_host
delete table inet drydock_host
table inet drydock_host {
  chain input {
    type filter hook input priority filter + 5; policy drop;
    iif "lo" accept
    ct state established,related accept
    ct state invalid drop
    meta l4proto { 1, 58 } accept
    udp sport 67 udp dport 68 accept
    udp dport 546 accept
    iifname "docker*" accept
    iifname "br-*" accept
    iifname "podman*" accept
    iifname "cni*" accept
    tcp dport 22 accept
    tcp dport 80 accept
    ip saddr 10.0.0.0/8 tcp dport 5432 accept
    ip6 saddr 2001:db8::/32 udp dport 8000-8010 accept
    tcp dport 25 drop
  }
}
' > '/etc/drydock/.host.nft.drydock-new'
set +C
nft -c -f '/etc/drydock/.host.nft.drydock-new'
chown -- 'root:root' '/etc/drydock/.host.nft.drydock-new'
chmod -- '600' '/etc/drydock/.host.nft.drydock-new'
sync -- '/etc/drydock/.host.nft.drydock-new'
mv -fT -- '/etc/drydock/.host.nft.drydock-new' '/etc/drydock/host.nft'
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/drydock/host-away.nft' ]; then
printf '%s\n' '/etc/drydock/host-away.nft is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/drydock/host-away.nft' ] && [ ! -f '/etc/drydock/host-away.nft' ]; then
printf '%s\n' '/etc/drydock/host-away.nft is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.absent' ]; then
if [ -e '/etc/drydock/host-away.nft' ]; then
cp -a -- '/etc/drydock/host-away.nft' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.absent'
fi
fi
if [ "$(($(stat -f -c '%a * %S' -- '/etc/drydock') / 1024))" -lt '1' ]; then
printf '%s\n' '/etc/drydock: no space left on device for 55 bytes' >&2
exit 1
fi
if [ -L '/etc/drydock/host-away.nft' ]; then
printf '%s\n' '/etc/drydock/host-away.nft is a symbolic link' >&2
exit 1
fi
if [ -d '/etc/drydock/host-away.nft' ]; then
printf '%s\n' '/etc/drydock/host-away.nft is a directory' >&2
exit 1
fi
rm -f -- '/etc/drydock/.host-away.nft.drydock-new'
trap 'rm -f -- '\''/etc/drydock/.host-away.nft.drydock-new'\''' EXIT
set -C
printf '%s' 'table inet drydock_host
delete table inet drydock_host
' > '/etc/drydock/.host-away.nft.drydock-new'
set +C
nft -c -f '/etc/drydock/.host-away.nft.drydock-new'
chown -- 'root:root' '/etc/drydock/.host-away.nft.drydock-new'
chmod -- '600' '/etc/drydock/.host-away.nft.drydock-new'
sync -- '/etc/drydock/.host-away.nft.drydock-new'
mv -fT -- '/etc/drydock/.host-away.nft.drydock-new' '/etc/drydock/host-away.nft'
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/systemd/system/nftables.service.d/drydock-host.conf' ]; then
printf '%s\n' '/etc/systemd/system/nftables.service.d/drydock-host.conf is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/systemd/system/nftables.service.d/drydock-host.conf' ] && [ ! -f '/etc/systemd/system/nftables.service.d/drydock-host.conf' ]; then
printf '%s\n' '/etc/systemd/system/nftables.service.d/drydock-host.conf is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-2' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-2.absent' ]; then
if [ -e '/etc/systemd/system/nftables.service.d/drydock-host.conf' ]; then
cp -a -- '/etc/systemd/system/nftables.service.d/drydock-host.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-2.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-2.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-2.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-2'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-2.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-2.absent'
fi
fi
if [ "$(($(stat -f -c '%a * %S' -- '/etc/systemd/system/nftables.service.d') / 1024))" -lt '1' ]; then
printf '%s\n' '/etc/systemd/system/nftables.service.d: no space left on device for 73 bytes' >&2
exit 1
fi
if [ -L '/etc/systemd/system/nftables.service.d/drydock-host.conf' ]; then
printf '%s\n' '/etc/systemd/system/nftables.service.d/drydock-host.conf is a symbolic link' >&2
exit 1
fi
if [ -d '/etc/systemd/system/nftables.service.d/drydock-host.conf' ]; then
printf '%s\n' '/etc/systemd/system/nftables.service.d/drydock-host.conf is a directory' >&2
exit 1
fi
rm -f -- '/etc/systemd/system/nftables.service.d/.drydock-host.conf.drydock-new'
trap 'rm -f -- '\''/etc/systemd/system/nftables.service.d/.drydock-host.conf.drydock-new'\''' EXIT
set -C
printf '%s' '# Written by Drydock.
[Service]
ExecReload=-nft -f /etc/drydock/host.nft
' > '/etc/systemd/system/nftables.service.d/.drydock-host.conf.drydock-new'
set +C
chown -- 'root:root' '/etc/systemd/system/nftables.service.d/.drydock-host.conf.drydock-new'
chmod -- '644' '/etc/systemd/system/nftables.service.d/.drydock-host.conf.drydock-new'
sync -- '/etc/systemd/system/nftables.service.d/.drydock-host.conf.drydock-new'
mv -fT -- '/etc/systemd/system/nftables.service.d/.drydock-host.conf.drydock-new' '/etc/systemd/system/nftables.service.d/drydock-host.conf'
mkdir -p -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001'
if [ -L '/etc/systemd/system/drydock-host.service' ]; then
printf '%s\n' '/etc/systemd/system/drydock-host.service is a symbolic link; replace it by what it points to, then try again' >&2
exit 1
fi
if [ -e '/etc/systemd/system/drydock-host.service' ] && [ ! -f '/etc/systemd/system/drydock-host.service' ]; then
printf '%s\n' '/etc/systemd/system/drydock-host.service is not a regular file' >&2
exit 1
fi
if [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-3' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-3.absent' ]; then
if [ -e '/etc/systemd/system/drydock-host.service' ]; then
cp -a -- '/etc/systemd/system/drydock-host.service' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-3.new'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-3.new'
mv -T -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-3.new' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-3'
else
: > '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-3.absent'
sync -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-3.absent'
fi
fi
if [ "$(($(stat -f -c '%a * %S' -- '/etc/systemd/system') / 1024))" -lt '1' ]; then
printf '%s\n' '/etc/systemd/system: no space left on device for 497 bytes' >&2
exit 1
fi
if [ -L '/etc/systemd/system/drydock-host.service' ]; then
printf '%s\n' '/etc/systemd/system/drydock-host.service is a symbolic link' >&2
exit 1
fi
if [ -d '/etc/systemd/system/drydock-host.service' ]; then
printf '%s\n' '/etc/systemd/system/drydock-host.service is a directory' >&2
exit 1
fi
rm -f -- '/etc/systemd/system/.drydock-host.service.drydock-new'
trap 'rm -f -- '\''/etc/systemd/system/.drydock-host.service.drydock-new'\''' EXIT
set -C
printf '%s' '# Written by Drydock.
[Unit]
Description=What may come in to this host
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target shutdown.target
After=local-fs.target nftables.service netfilter-persistent.service
Conflicts=shutdown.target
PartOf=nftables.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=nft -f /etc/drydock/host.nft
ExecReload=nft -f /etc/drydock/host.nft
ExecStop=nft -f /etc/drydock/host-away.nft

[Install]
WantedBy=sysinit.target nftables.service
' > '/etc/systemd/system/.drydock-host.service.drydock-new'
set +C
chown -- 'root:root' '/etc/systemd/system/.drydock-host.service.drydock-new'
chmod -- '644' '/etc/systemd/system/.drydock-host.service.drydock-new'
sync -- '/etc/systemd/system/.drydock-host.service.drydock-new'
mv -fT -- '/etc/systemd/system/.drydock-host.service.drydock-new' '/etc/systemd/system/drydock-host.service'
systemctl daemon-reload
systemctl enable -- 'drydock-host.service'
systemctl restart -- 'drydock-host.service'
