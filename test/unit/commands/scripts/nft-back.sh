set -eu
umask 077
rm -f -- '/etc/drydock/.host.nft.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0' ]; then
if [ -f '/etc/drydock/host.nft' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.displaced' ]; then
cp -a -- '/etc/drydock/host.nft' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0' '/etc/drydock/.host.nft.drydock-new'
sync -- '/etc/drydock/.host.nft.drydock-new'
mv -fT -- '/etc/drydock/.host.nft.drydock-new' '/etc/drydock/host.nft'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.absent' ] && [ -f '/etc/drydock/host.nft' ]; then
mv -fT -- '/etc/drydock/host.nft' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-0.displaced'
fi
rm -f -- '/etc/drydock/.host-away.nft.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1' ]; then
if [ -f '/etc/drydock/host-away.nft' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.displaced' ]; then
cp -a -- '/etc/drydock/host-away.nft' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1' '/etc/drydock/.host-away.nft.drydock-new'
sync -- '/etc/drydock/.host-away.nft.drydock-new'
mv -fT -- '/etc/drydock/.host-away.nft.drydock-new' '/etc/drydock/host-away.nft'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.absent' ] && [ -f '/etc/drydock/host-away.nft' ]; then
mv -fT -- '/etc/drydock/host-away.nft' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-1.displaced'
fi
rm -f -- '/etc/systemd/system/nftables.service.d/.drydock-host.conf.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-2' ]; then
if [ -f '/etc/systemd/system/nftables.service.d/drydock-host.conf' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-2.displaced' ]; then
cp -a -- '/etc/systemd/system/nftables.service.d/drydock-host.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-2.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-2' '/etc/systemd/system/nftables.service.d/.drydock-host.conf.drydock-new'
sync -- '/etc/systemd/system/nftables.service.d/.drydock-host.conf.drydock-new'
mv -fT -- '/etc/systemd/system/nftables.service.d/.drydock-host.conf.drydock-new' '/etc/systemd/system/nftables.service.d/drydock-host.conf'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-2.absent' ] && [ -f '/etc/systemd/system/nftables.service.d/drydock-host.conf' ]; then
mv -fT -- '/etc/systemd/system/nftables.service.d/drydock-host.conf' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-2.displaced'
fi
rm -f -- '/etc/systemd/system/.drydock-host.service.drydock-new'
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-3' ]; then
if [ -f '/etc/systemd/system/drydock-host.service' ] && [ ! -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-3.displaced' ]; then
cp -a -- '/etc/systemd/system/drydock-host.service' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-3.displaced'
fi
cp -a -- '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-3' '/etc/systemd/system/.drydock-host.service.drydock-new'
sync -- '/etc/systemd/system/.drydock-host.service.drydock-new'
mv -fT -- '/etc/systemd/system/.drydock-host.service.drydock-new' '/etc/systemd/system/drydock-host.service'
fi
if [ -e '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-3.absent' ] && [ -f '/etc/systemd/system/drydock-host.service' ]; then
mv -fT -- '/etc/systemd/system/drydock-host.service' '/var/lib/drydock/backups/01970000-0000-7000-8000-000000000001/item-3.displaced'
fi
systemctl daemon-reload
systemctl restart -- 'drydock-host.service'
