import type { Closed } from './closed.ts'

/** Ways to a machine, and the walls before it. */
export const network: readonly Closed[] = [
  {
    of: 'ufw',
    action: 'firewall_flush',
    values: '--root',
    harmless:
      'allow, limit, deny, reject, insert, prepend, route, app, default, logging, delete, enable, numbered, status, rule (allow|limit|deny|insert)',
    never: /^disable|^reset/,
    asks: ['ufw disable', 'ufw --force reset'],
    passes: [
      'ufw status numbered',
      'ufw allow 443/tcp',
      'ufw app list',
      'ufw delete allow 8080/tcp',
      'ufw --dry-run reset',
    ],
  },
  {
    of: 'firewall-cmd firewall-offline-cmd',
    action: 'firewall_flush',
    options:
      /^--(permanent|reload|state|list|get|query|add|info|new|zone|runtime-to-permanent|check-config|service|policy|direct|set-(description|short|log-denied|target)|version|help|path|change-interface|remove-(service|port|rich-rule|source|interface|forward-port|icmp-block|masquerade)|timeout|panic-off|ipset|family|type|option|helper|complete-reload|load|default-config|system-config|name|icmptype)(-\S+)?(=.*)?$|^-[qh]$/,
    never:
      /--panic-on|--delete-|--remove-(rules|all|chain|passthrough)|--set-(target|default-zone)(?!=default$)|--reset-to-defaults/,
    asks: ['firewall-cmd --panic-on', 'firewall-cmd --permanent --delete-zone=dmz', 'firewall-cmd --reset-to-defaults'],
    passes: [
      'firewall-cmd --reload',
      'firewall-cmd --list-all',
      'firewall-cmd --permanent --add-service=https',
      'firewall-cmd --query-panic',
      'firewall-cmd --permanent --remove-service=http',
      'firewall-offline-cmd --zone=public --set-target=default',
    ],
  },
  {
    of: 'nft',
    action: 'firewall_flush',
    values: '-f --file -D --define -I --includepath',
    harmless: 'add, insert, create, list, monitor, describe, replace, rename, export, get, import',
    strict: true,
    dry: /(^|\s)(-c|--check)\b/,
    never: /(^|\s)(flush|delete|destroy|reset)\s/,
    asks: ['nft delete table inet filter', 'nft reset rules', 'nft destroy chain inet f input'],
    passes: ['nft list ruleset', 'nft add rule inet filter input tcp dport 443 accept', 'nft -a list tables'],
  },
  {
    of: 'nmcli',
    action: 'network_interface_down',
    values: '-f --fields -m --mode -w --wait -c --colors -e -g --get-values',
    harmless:
      '(general|g|gen)( (status|permissions|logging|hostname)|$), (networking|n|net)( (on|connectivity|status)|$), (radio|r)( (wifi|wwan|all))?( on)?$, (connection|con|c|conn)( (show|up|add|edit|modify|mod|clone|reload|load|import|export|monitor|s|u)|$), (device|dev|d)( (status|show|connect|reapply|wifi|modify|set|monitor|lldp|up|checkpoint|s)|$), (monitor|m), (agent|a)',
    strict: true,
    asks: [
      'nmcli networking off',
      'nmcli device disconnect eth0',
      'nmcli radio all off',
      'nmcli con delete ens18',
      'nmcli -w 5 connection down bond0',
    ],
    passes: [
      'nmcli con show --active',
      'nmcli device wifi list',
      'nmcli general status',
      'nmcli c up lan',
      'nmcli -t -f NAME con show',
    ],
  },
  {
    of: 'ovs-vsctl ovs-ofctl ovs-appctl brctl bridge tc ipset',
    action: 'network_interface_down',
    values: '-O --timeout --db',
    harmless:
      'show\\S*, list-\\S+, dump-\\S+, br-exists, port-to-br, iface-to-br, find, get\\S*, add-\\S+, addbr, addif, stp, -\\S+, (qdisc|class|filter|action) (show|ls|list|add|replace|change), qdisc del, (link|fdb|mdb|vlan|vni|monitor) (show|add|append|set|replace|get), (link|vlan|fdb|mdb|monitor)$, test, save, restore, swap, rename, del, delif, version, trace, fdb/show, coverage/show, ofproto/trace, bond/show, dpctl/show, create, set, mod-port, mod-flows, snoop',
    never:
      /(^|\s)(-F|--flush|-D|--delete|-X|--destroy)(\s|$)|(^|\s)(del-\S+|emer-reset|destroy|flush|x|clear|delbr|remove)(\s|$)|\b(fdb|vlan|mdb) del\b/,
    nearer: [[/^(destroy|flush|-F|-X)/, 'firewall_flush']],
    asks: [
      'ovs-vsctl del-br br-ex',
      'ovs-ofctl del-flows br-int',
      'brctl delbr br0',
      'ipset flush blocklist',
      'ipset destroy',
      'bridge vlan del dev eth0 vid 5',
    ],
    passes: [
      'ovs-vsctl show',
      'brctl show',
      'tc -s qdisc show dev eth0',
      'ipset list -n',
      'bridge vlan show',
      'ipset add b 1.2.3.4',
    ],
  },
  {
    of: 'conntrack',
    action: 'network_interface_down',
    options: /^-(?!-?(F|D|U)$)[a-zA-Z-]/,
    never: /(^|\s)(-[FD]|--flush|--delete)(\s|$)/,
    asks: ['conntrack -F', 'conntrack -D -p tcp'],
    passes: ['conntrack -L -p tcp --dport 22', 'conntrack -C'],
  },
  {
    of: 'wg-quick ifdown tailscale zerotier-cli netbird headscale nebula swanctl ipsec strongswan openvpn3 netplan networkctl ifup',
    action: 'network_interface_down',
    values: '-c --config --socket',
    harmless:
      'up( \\S+)*$, save, strip, ip, ping, ssh, netcheck, serve, funnel, cert, file, bugreport, whois, exit-node (list|suggest), lock (status|log), info, listnetworks, listpeers, listmoons, join, peers, nodes? (list|ls|register|rename|tag|routes), users? (list|create|rename), preauthkeys (list|create), routes (list|enable), apikeys (list|create), --(list|stats|log|load|initiate)-?\\S*, status\\S*, statusall, listall\\S*, start, reload, update, rereadall, up, generate, apply, try, get, set, ip leases, list, status, lldp, renew, reconfigure, session-start, sessions-list, config-\\S+, \\S+',
    never:
      /^(ifdown|wg-quick)?\s*(down|logout|leave|orbit|delete|rm|destroy|expire|stop|disconnect|deregister|unset|exit)\b|\b(delete|destroy|expire|disable|remove|unset)\b|--(terminate|flush-certs|uninstall|install)\b|^(-\S+ )*down\b/,
    asks: [
      'wg-quick down wg0',
      'tailscale logout',
      'tailscale down',
      'zerotier-cli leave 8056c2e21c000001',
      'headscale nodes delete -i 7',
      'swanctl --terminate --ike b',
      'networkctl down eth0',
      'ipsec stop',
      'netbird down',
    ],
    passes: [
      'wg-quick up wg0',
      'tailscale status',
      'zerotier-cli listnetworks',
      'swanctl --list-sas',
      'netplan get',
      'networkctl status',
      'ipsec statusall',
    ],
  },
  {
    of: 'vtysh birdc birdcl nv',
    action: 'network_interface_down',
    harmless: 'show.*, -\\S+, \\S+.*',
    never:
      /(^|\s)(no (router|ip route|neighbor|network|interface|address-family)|clear\b|reload|disable|restart|down|shutdown|delete|erase|write erase|restrict)\b/,
    asks: [
      "vtysh -c 'configure terminal' -c 'no router bgp 65001'",
      "vtysh -c 'clear ip bgp *'",
      'birdc disable all',
      'birdc down',
    ],
    passes: ["vtysh -c 'show ip bgp summary'", 'birdc show protocols'],
  },
  {
    of: 'cscli fail2ban-client csf apf shorewall pfctl ipfw',
    action: 'firewall_flush',
    harmless:
      'decisions (list|add|import|delete), alerts (list|inspect), (hub|collections|parsers|scenarios|postoverflows|contexts) (list|inspect|install|update|upgrade), bouncers (list|add), machines (list|add|validate), metrics, capi status, lapi status, explain, notifications, setup, support, banned, ping, get, set \\S+ (banip|unbanip|addignoreip|findtime|bantime|maxretry), status, add, reload( \\S+)?$, check, show, -\\S+, version',
    never:
      /--all\b|(^|\s)(-x|--disable|-f|-tf|-df|--stop|-F\s*\S*|-d)(\s|$)|^(stop|clear|reset|flush|-f)\b|\b(remove|prune|stop|flush)\b/,
    asks: [
      'cscli decisions delete --all',
      'csf -x',
      'fail2ban-client unban --all',
      'fail2ban-client stop',
      'shorewall clear',
      'pfctl -d',
      'pfctl -F all',
    ],
    passes: [
      'cscli decisions list',
      'fail2ban-client status sshd',
      'csf -l',
      'pfctl -sr',
      'fail2ban-client set sshd unbanip 1.2.3.4',
    ],
  },
]
