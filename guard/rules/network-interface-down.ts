import type { Call } from '../reading/call.ts'
import { readOptions } from '../reading/options.ts'
import type { Rule } from './rule.ts'

const units =
  /^(networking|network|systemd-networkd|NetworkManager|network-manager|wpa_supplicant|dhcpcd|systemd-resolved|netplan|wg-quick@\S+|tailscaled)(\.service|\.socket)?$/

export const networkInterfaceDown: Rule = {
  action: 'network_interface_down',
  programs: [
    'ip',
    'ifconfig',
    'ifdown',
    'nmcli',
    'systemctl',
    'service',
    'networkctl',
    'wg-quick',
    'route',
    'brctl',
    'ovs-vsctl',
    'netplan',
    'rfkill',
    'dhclient',
    'modprobe',
    'rmmod',
    'tc',
    'Disable-NetAdapter',
    'ethtool',
  ],
  verbs: { systemctl: 'stop disable mask kill' },
  match(call) {
    const because = reasonOf(call)
    return because === null ? null : { because, targets: interfaceOf(call) }
  },
  act: ({ targets, server }) => `take ${targets[0] ?? 'the network'} of ${server} down`,
  risk: 'high',
  things: 'interfaces',
  downtime: 'until somebody reaches the console',
  rollback: false,
  advice: () => [
    { text: 'Apply a changed configuration with an automatic way back.', command: 'netplan try' },
    { text: 'Take it down and up again in one go.', command: 'networkctl reconfigure INTERFACE' },
  ],
  examples: [
    'ip link set eth0 down',
    'ifconfig eth0 down',
    'ifconfig eth0 0.0.0.0',
    'ifdown eth0',
    'nmcli networking off',
    'nmcli connection down "Wired 1"',
    'nmcli -w 5 connection down bond0',
    'systemctl stop NetworkManager',
    'ip route del default',
    'ip addr flush dev eth0',
    'ip link delete br0',
    'systemctl stop networking',
    'networkctl down eth0',
    'ifdown -a',
    'ip -4 route flush table main',
  ],
  nearMisses: [
    'ip addr show',
    'ip link set eth0 up',
    'ip route',
    'nmcli device status',
    'ifconfig',
    'systemctl restart systemd-resolved',
    'ifup eth0',
    'ip -s link',
    'ip netns list',
    'nmcli connection show',
    'netplan get',
    'ip addr add 10.0.0.2/24 dev eth0',
  ],
}

const interfaceOf = (call: Call): string[] => {
  const words = call.args.map((arg) => arg.text)
  const at = words.indexOf('dev')
  const named =
    at >= 0
      ? words[at + 1]
      : words.find((word) =>
          /^(eth|en[opsx]|wl|br|bond|veth|wg|tun|tap|vmbr|docker|virbr|team|vlan|ppp|lo)\w*[\d.]*$/.test(word),
        )
  return named === undefined ? [] : [named]
}

function reasonOf(call: Call): string | null {
  const { rest } = readOptions(call.args, {
    short: call.name === 'ip' ? 'nbf' : call.name === 'nmcli' ? 'fmwceg' : 'tpHM',
  })
  const words = rest.map((arg) => arg.text)
  const text = words.join(' ')
  const down = 'It takes a way to the server down.'
  switch (call.name) {
    case 'ip':
      if (/^(l|li|lin|link) (s|se|set)\b.*\bdown\b/.test(text) || /^l(i|in|ink)? (d|de|del|delete)\b/.test(text))
        return /\b(veth|dummy|tap)\w*\b/.test(text) ? null : down
      if (
        /^(r|ro|route) (replace|change|chg) default\b|^(r|ro|route) (add|a|replace) (blackhole|unreachable|prohibit) (default|[\d.]+\/(\d|1[0-6])\b)|^(l|li|link) (s|set)( dev)? (eth|en)\w+ .*\b(master \S|address \S|netns \S|mtu ([1-4]?\d{1,2}|5[0-6]\d)(\s|$))/.test(
          text,
        )
      )
        return down
      return /^(r|ro|route) (d|del|delete|flush)\b.*\b(default|0\.0\.0\.0\/0|main|all)\b|^(r|ro|route) flush\b|^a(d|dd|ddr|ddress)? (f|flush|d|del|delete)\b|^rule (flush|del)/.test(
        text,
      )
        ? down
        : null
    case 'ifconfig':
      return /^(eth|en)\w+ (inet )?\d+\.\d+\.\d+\.\d+/.test(text) ||
        / down | 0\.0\.0\.0 | -?(delete|del|inet -alias) /.test(` ${text} `)
        ? down
        : null
    case 'ifdown':
      return down
    case 'nmcli':
      return /^n\w* off|^r\w* \w+ off|^c\w* (down|delete|del)\b|^d\w* (disconnect|delete|down)\b/.test(text)
        ? down
        : null
    case 'networkctl':
      return /^(down|delete)\b/.test(text) ? down : null
    case 'systemctl':
      return /^(stop|disable|mask|kill)$/.test(words[0] ?? '') && words.slice(1).some((word) => units.test(word))
        ? down
        : null
    case 'service':
      return units.test(words[0] ?? '') && words[1] === 'stop' ? down : null
    case 'wg-quick':
      return words[0] === 'down' ? down : null
    case 'route':
      return /\bdel(ete)?\b.*\bdefault\b|\bflush\b/.test(call.args.map((arg) => arg.text).join(' ')) ? down : null
    case 'brctl':
      return words[0] === 'delbr' ? down : null
    case 'ovs-vsctl':
      return /^(del-br|emer-reset|del-port)$/.test(words[0] ?? '') ? down : null
    case 'rfkill':
      return words[0] === 'block' ? down : null
    case 'dhclient':
      return call.args.some((arg) => /^-[rx]$/.test(arg.text)) ? down : null
    case 'Disable-NetAdapter':
      return down
    case 'modprobe':
      return call.args.some((arg) => arg.text === '-r') &&
        words.some((word) => /^(e1000e?|igb|ixgbe|r8169|virtio_net|vmxnet3|bnx2x?|tg3|mlx\d_core|i40e)$/.test(word))
        ? down
        : null
    case 'rmmod':
      return words.some((word) =>
        /^(e1000e?|igb|ixgbe|r8169|virtio_net|vmxnet3|bnx2x?|tg3|mlx\d_core|i40e)$/.test(word),
      )
        ? down
        : null
    default:
      return null
  }
}
