import type { Call } from '../reading/call.ts'
import { hasAny, readOptions } from '../reading/options.ts'
import { reachOfRule, reachOfStatement } from './packet-rules.ts'
import type { Rule } from './rule.ts'

const units =
  /^(ufw|firewalld|nftables|iptables|ip6tables|netfilter-persistent|shorewall|fail2ban|crowdsec|pve-firewall)(\.service)?$/

export const firewallFlush: Rule = {
  action: 'firewall_flush',
  programs: [
    'iptables',
    'ip6tables',
    'iptables-legacy',
    'iptables-nft',
    'ip6tables-legacy',
    'ip6tables-nft',
    'ebtables',
    'arptables',
    'nft',
    'ufw',
    'firewall-cmd',
    'iptables-restore',
    'ip6tables-restore',
    'ipset',
    'pfctl',
    'systemctl',
    'service',
    'shorewall',
    'netsh',
    'csf',
    'Set-NetFirewallProfile',
    'ipfw',
    'pve-firewall',
  ],
  verbs: { systemctl: 'stop disable mask kill' },
  match(call) {
    const because = reasonOf(call)
    return because === null ? null : { because, targets: [] }
  },
  act: ({ server }) => `open or cut the firewall of ${server}`,
  risk: 'high',
  things: 'rules',
  downtime: 'unknown; access may be lost',
  rollback: false,
  advice: () => [
    { text: 'Save the rules first.', command: 'nft list ruleset > /var/tmp/ruleset.nft' },
    { text: 'Delete the one rule that is wrong.', command: 'ufw status numbered' },
  ],
  examples: [
    'iptables -F',
    'sudo iptables --flush INPUT',
    'nft flush ruleset',
    'ufw reset',
    'ufw --force disable',
    'iptables -P INPUT DROP',
    'systemctl stop firewalld',
    'firewall-cmd --panic-on',
    'iptables -t nat -F',
    'ip6tables -X',
    'ufw default deny outgoing',
    'nft delete table inet filter',
    'systemctl disable --now ufw',
    "nft -f - <<< 'flush ruleset'",
    'iptables -I INPUT -p tcp --dport 443 -j DROP',
    'iptables -A INPUT ! -s 10.0.0.5 -j DROP',
    'iptables -I INPUT -p tcp -j ACCEPT',
    'nft add rule inet filter input tcp dport 22 drop',
  ],
  nearMisses: [
    'iptables -L -n',
    'ufw status',
    'ufw --dry-run reset',
    'ufw allow 443/tcp',
    'nft list ruleset',
    'iptables -A INPUT -p tcp --dport 443 -j ACCEPT',
    'firewall-cmd --list-all',
    'firewall-cmd --reload',
    'iptables-save',
    'systemctl restart nftables',
    'iptables -S',
    'ufw delete allow 8080/tcp',
    'iptables -I INPUT -s 203.0.113.66 -j DROP',
    'iptables -A INPUT -p tcp --dport 23 -j DROP',
    'nft add rule inet filter input ip saddr 203.0.113.66 drop',
  ],
}

/** Rules that leave a way in; what shuts everything out and lets nothing in, nobody wants. */
const letsIn = (rules: string): boolean =>
  /^:INPUT ACCEPT\b/m.test(rules) && !/-j (DROP|REJECT)|^:\S+ DROP/m.test(rules)
    ? false
    : /^:INPUT DROP\b/m.test(rules)
      ? /^-[AI] INPUT\b.*-j ACCEPT/m.test(rules)
      : /ACCEPT|DROP/.test(rules)

/** Of one rule; patterns with gaps take time that grows as the square of a text. */
const longest = 2_000

function reasonOf(call: Call): string | null {
  const options = readOptions(call.args, { short: 't' })
  const words = options.rest.map((arg) => arg.text)
  const all = call.args.map((arg) => arg.text)
  const text = words.join(' ')
  const cut = 'It cuts connections, ours among them.'
  const open = 'It takes the rules of the firewall away.'
  switch (call.name) {
    case 'nft':
      if (call.args.some((arg) => /^(-f|--file)$/.test(arg.text))) {
        const given = call.stdin?.read() ?? ''
        return /\bflush ruleset\b|\bdelete table\b/.test(given) && !/\b(accept|drop|policy)\b/.test(given) ? open : null
      }
      const told = reachOfStatement(all.join(' ').slice(0, longest))
      if (told !== null) return told
      return /\b(flush|destroy|delete|reset rules)\b (?:.*)?(ruleset|table|chain)/.test(all.join(' ')) ||
        /flush ruleset/.test(all.join(' '))
        ? open
        : null
    case 'ufw':
      if (hasAny(options, 'dry-run')) return null
      return /^(reset|disable)\b/.test(text)
        ? open
        : /\bdefault (deny|reject)( incoming| outgoing| routed)?$/.test(text)
          ? cut
          : null
    case 'firewall-cmd':
      return hasAny(options, 'panic-on') ? cut : hasAny(options, 'complete-reload', 'reset-to-defaults') ? open : null
    case 'ipset':
      return /^(flush|destroy|-F|-X)$/.test(all[0] ?? '') && all.length === 1 ? open : null
    case 'pfctl':
      return hasAny(options, 'd', 'F') ? open : null
    case 'ipfw':
      return words.includes('flush') ? open : null
    case 'shorewall':
      return /^(clear|stop)$/.test(words[0] ?? '') ? open : null
    case 'csf':
      return hasAny(options, 'x', 'f') ? open : null
    case 'pve-firewall':
      return words[0] === 'stop' ? open : null
    case 'netsh':
      return /firewall (reset|set .*state off)/i.test(all.join(' ')) ? open : null
    case 'Set-NetFirewallProfile':
      return /-Enabled (False|\$false|0)/i.test(all.join(' ')) ? open : null
    case 'systemctl':
      return /^(stop|disable|mask|kill)$/.test(words[0] ?? '') && words.slice(1).some((word) => units.test(word))
        ? open
        : null
    case 'service':
      return units.test(words[0] ?? '') && words[1] === 'stop' ? open : null
    case 'iptables-restore':
    case 'ip6tables-restore':
      return (call.stdin !== null || call.redirects.some(({ target }) => target.text === '/dev/null')) &&
        !hasAny(options, 'n', 'noflush', 't', 'test') &&
        !letsIn(call.stdin?.read() ?? '')
        ? 'It replaces all rules of the firewall.'
        : null
    default: {
      if (
        all.some(
          (word, index) => (word === '-P' || word === '--policy') && /^(DROP|REJECT)$/.test(all[index + 2] ?? ''),
        )
      )
        return cut
      if (all.some((word) => /^(-F|--flush|-X|--delete-chain|-Z?F)$/.test(word))) return open
      return reachOfRule(call)
    }
  }
}
