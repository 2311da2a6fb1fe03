{ [ ! -L '/etc/drydock/containers.nft' ] && [ -f '/etc/drydock/containers.nft' ] && [ "$(stat -c '%a %U %G' -- '/etc/drydock/containers.nft')" = '600 root root' ] && printf '%s' '# Written by Drydock.
table inet drydock_containers
delete table inet drydock_containers
table inet drydock_containers {
  chain forward {
    type filter hook forward priority filter - 5; policy accept;
    ct state established,related accept
    iifname "docker*" accept
    iifname "br-*" accept
    iifname "podman*" accept
    iifname "cni*" accept
    oifname "docker*" ct status dnat jump published
    oifname "br-*" ct status dnat jump published
    oifname "podman*" ct status dnat jump published
    oifname "cni*" ct status dnat jump published
  }
  chain published {
    drop
  }
}
' | cmp -s -- - '/etc/drydock/containers.nft'; } || exit 1
{ [ ! -L '/etc/drydock/containers-away.nft' ] && [ -f '/etc/drydock/containers-away.nft' ] && [ "$(stat -c '%a %U %G' -- '/etc/drydock/containers-away.nft')" = '600 root root' ] && printf '%s' 'table inet drydock_containers
delete table inet drydock_containers
' | cmp -s -- - '/etc/drydock/containers-away.nft'; } || exit 1
{ [ ! -L '/etc/systemd/system/nftables.service.d/drydock-containers.conf' ] && [ -f '/etc/systemd/system/nftables.service.d/drydock-containers.conf' ] && [ "$(stat -c '%a %U %G' -- '/etc/systemd/system/nftables.service.d/drydock-containers.conf')" = '644 root root' ] && printf '%s' '# Written by Drydock.
[Service]
ExecReload=-nft -f /etc/drydock/containers.nft
' | cmp -s -- - '/etc/systemd/system/nftables.service.d/drydock-containers.conf'; } || exit 1
{ [ ! -L '/etc/systemd/system/drydock-containers.service' ] && [ -f '/etc/systemd/system/drydock-containers.service' ] && [ "$(stat -c '%a %U %G' -- '/etc/systemd/system/drydock-containers.service')" = '644 root root' ] && printf '%s' '# Written by Drydock.
[Unit]
Description=What may come in to published ports of containers
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target shutdown.target
After=local-fs.target nftables.service netfilter-persistent.service
Conflicts=shutdown.target
PartOf=nftables.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=nft -f /etc/drydock/containers.nft
ExecReload=nft -f /etc/drydock/containers.nft
ExecStop=nft -f /etc/drydock/containers-away.nft

[Install]
WantedBy=sysinit.target nftables.service
' | cmp -s -- - '/etc/systemd/system/drydock-containers.service'; } || exit 1
{ systemctl is-enabled --quiet -- 'drydock-containers.service'; } || exit 1
{ nft list table inet 'drydock_containers' > /dev/null; } || exit 1
