import type { Row } from './row.ts'

const down = 'It takes a way to the server down.'
const elsewhere = 'What was sent one way goes another, and may not come back.'
const shares = 'It takes something out of what shares the load.'

/** The ways to a machine and through it: links, routes, neighbours, tunnels, what forwards and what balances. */
export const wayRows: readonly Row[] = [
  {
    action: 'network_interface_down',
    of: 'ip',
    words:
      /^(-\S+ )*l(i|in|ink)? (s|se|set) (dev )?\S+.*\b(nomaster|name \S|vf \d+ state disable|type bond mode)\b|^(-\S+ )*tunnel (del|delete)\b|^(-\S+ )*xfrm (state|policy) (flush|deleteall)|^(-\S+ )*(a|addr|address) (replace|change)\b(?!.*\b(docker|br-|virbr|dummy|wg|tun|tap|veth|cni|lo\b))|^(-\S+ )*maddr flush/,
    because: down,
  },
  {
    action: 'network_interface_down',
    of: 'ip',
    words:
      /^(-\S+ )*(r|ro|route) (add|a|append|prepend) (default|0\.0\.0\.0\/[01]|128\.0\.0\.0\/1|::\/0)\b|^(-\S+ )*rule (add|a)\b(?=.*(\bfrom all\b|\bpref \d+ (blackhole|prohibit|unreachable)|\b(blackhole|prohibit|unreachable)$))/,
    unless: /\btable (?!main\b|default\b)\w+|\bdev (wg|tun|docker|br-)/,
    because: elsewhere,
  },
  {
    action: 'network_interface_down',
    of: 'ip arp',
    words:
      /^(-\S+ )*n(eigh|eighbou?r)? (flush all|(add|replace|change)\b.*\blladdr (00:00:00|ff:ff:ff))|^-s \S+ (00:00:00|ff:ff:ff)/,
    because: elsewhere,
  },
  {
    action: 'network_interface_down',
    of: 'route',
    words: /^(-\S+ )*(add default|del(ete)? (-net|-host)?|add -net (0\.0\.0\.0|default))\b.*\d/,
    unless: /del(ete)? -host/,
    because: elsewhere,
  },
  {
    action: 'network_interface_down',
    of: 'bridge',
    words: /\blink set\b.*\bstate [01]\b|\bvlan del\b.*\bvid \d+-\d+|\bfdb flush\b/,
    because: down,
  },
  {
    action: 'network_interface_down',
    of: 'brctl',
    words: /^(delif \S+ (eth0|en[ops]\w*0)|stp \S+ off)\b/,
    because: down,
  },
  {
    action: 'network_interface_down',
    of: 'ovs-ofctl ovs-vsctl',
    words: /\badd-flow\b.*actions?=drop|\bset-fail-mode\b.*secure|\bdel-(controller|manager|fail-mode)\b/,
    unless: /nw_src=|ip_src|dl_src=|arp_/,
    because: 'It lets nothing through any more.',
  },
  { action: 'network_interface_down', of: 'ifconfig', words: /\bhw ether \S|\bmtu \d{1,3}$/, because: down },
  {
    action: 'network_interface_down',
    of: 'nmcli',
    words:
      /^(-\S+ (\d+ )?)*(d|dev|device) set \S+ managed (no|off|false)|^(-\S+ )*c(on|onnection)? (mod|modify)\b.*(ipv4\.(address(es)?|gateway|method|never-default) |ipv4\.never-default|connection\.(interface-name|master|slave-type|zone) )/,
    unless: /\bmod(ify)? (wg|tun|dummy)/,
    because: down,
  },
  {
    action: 'network_interface_down',
    of: 'netplan',
    words: /^set\s+\S*(dhcp[46]|addresses|gateway\d|routes)[\w.]*=/,
    because: down,
  },
  { action: 'network_interface_down', of: 'iwconfig', words: /\b(txpower off|power off|ap off)\b/, because: down },
  { action: 'network_interface_down', of: 'macchanger', words: /^(?!-[sl])/, because: down },
  { action: 'network_interface_down', of: 'pve-firewall', words: /^stop\b/, because: down },
  {
    action: 'network_interface_down',
    of: 'wg wg-quick',
    words: /^((setconf|syncconf) \S+ \/dev\/null|set \S+ private-key|set \S+ listen-port 0)\b/,
    because: 'Whoever comes by that tunnel does not get here any more.',
  },
  {
    action: 'network_interface_down',
    of: 'tc',
    words:
      /\b(add|replace|change)\b.*\bdelay (\d{4,}ms|\d+s)\b|\b(add|replace)\b.*\brate [1-9]\d?kbit\b|\b(add|replace)\b.*\b(loss|corrupt) ([5-9]\d|100)%/,
    because: 'It lets next to nothing through.',
  },
  {
    action: 'network_interface_down',
    of: 'uci',
    words: /^set network\.(lan|wan)\.(ipaddr|proto|ifname|device|disabled)=/,
    because: down,
  },
  {
    action: 'network_interface_down',
    of: 'ipmitool racadm',
    words:
      /\blan set \d+ (ipaddr|netmask|defgw|ipsrc|access off|vlan)\b|\bset iDRAC\.(NIC|IPv4)\.\S+ |\buser (disable|set password) \d/i,
    because: 'Nobody reaches the machine by its console any more.',
  },
  {
    action: 'service_bulk_disable',
    of: 'ipvsadm',
    words: /(^|\s)(-C|--clear|-D|--delete-service|-R|--restore)(\s|$)/,
    because: shares,
  },
  {
    action: 'service_bulk_disable',
    of: 'ipvsadm',
    words: /(^|\s)(-d|--delete-server)(\s|$)|(^|\s)(-e|--edit-server)\b.*-w 0\b/,
    because: shares,
  },
  {
    action: 'service_bulk_disable',
    of: 'socat nc ncat',
    words: /\b(disable|shutdown) frontend\b|\bset (maxconn (global|frontend \S+)|rate-limit \S+ \S+) [01]\b/,
    fed: true,
    because: 'Nobody reaches what stands behind it any more.',
  },
  {
    action: 'bulk_process_kill',
    of: 'ss tcpkill',
    words: /(^|\s)(-\w*K|--kill)(\s|$)|^(-i \S+ )?(host|net|port|dst|src)\b/,
    because: 'It cuts connections that are open, ours perhaps among them.',
  },
  {
    action: 'network_interface_down',
    of: 'nsupdate',
    words: /\bupdate delete\s+\S+/im,
    fed: true,
    because: 'It takes a name of the network away.',
  },
  {
    action: 'network_interface_down',
    of: 'unbound-control',
    words: /^(-\S+ \S+ )*(local_zone \S+ (refuse|deny|static|always_\w+)|stop|set_option do-ip)/,
    because: 'Names are not resolved any more.',
  },
  {
    action: 'network_interface_down',
    of: 'birdc bird',
    words: /\bconfigure\s+['"]*\/(tmp|dev\/null)|\bdisable\b|^down\b/,
    because: 'Routes to, and through, the machine go.',
  },
  {
    action: 'network_interface_down',
    of: 'killall pkill',
    words:
      /\b(openvpn|wireguard|wg-quick|charon|strongswan|pluto|tailscaled|zerotier-one|keepalived|bird6?|bgpd|zebra|ospfd|dhclient|dhcpcd|dnsmasq|unbound|named|haproxy)\b/,
    unless: /(^|\s)-(HUP|SIGHUP|1|0|USR[12]|s (HUP|USR[12]))\b/,
    because: down,
  },
  {
    action: 'firewall_flush',
    of: 'ufw',
    words:
      /^allow (in )?(proto (tcp|udp) )?(from any )?(to any )?(port )?[01]:65535(\/(tcp|udp))?$|^allow in on (eth|en|wan)\w*$/,
    because: 'It lets in everybody, from anywhere.',
  },
  {
    action: 'firewall_flush',
    of: 'firewall-cmd firewall-offline-cmd',
    words:
      /--add-port=["']?[01]-65535|--remove-interface=(?!docker|virbr|podman|cni|tun|wg)|--add-rich-rule=(?=.*\b(accept|drop|reject)\b)(?!.*(port|service|address=["']?(?!0\.0\.0\.0\/0|::\/0)[\d:a-f]))|--set-target=["']?(ACCEPT|DROP|%%REJECT%%)/,
    because: 'It lets everybody in, or shuts everybody out.',
  },
  {
    action: 'firewall_flush',
    of: 'nft',
    words: /^-f \/(tmp|dev\/shm|var\/tmp|dev\/null)\b|^(-f|--file) \/dev\/stdin$/,
    because: 'Rules that nobody has read take the place of those that are there.',
  },
  {
    action: 'firewall_flush',
    of: 'iptables-restore ip6tables-restore',
    words: /< \/tmp\/|^\/tmp\//,
    unless: /(^|\s)(-t|--test|-n|--noflush)(\s|$)/,
    because: 'Rules that nobody has read take the place of those that are there.',
  },
  {
    action: 'network_interface_down',
    of: 'rmmod',
    words: /(^|\s)(bonding|8021q|bridge|team|macvlan|tun|wireguard|nf_conntrack|mlx\d_core|ice|i40e|bnxt_en)(\s|$)/,
    because: down,
  },
  {
    action: 'network_interface_down',
    of: 'modprobe',
    words: /(^|\s)(-\w*r\w*|--remove)\s.*\b(bonding|8021q|bridge|wireguard|ice|bnxt_en|nf_conntrack)(\s|$)/,
    because: down,
  },
]
