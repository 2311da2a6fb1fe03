import type { FirewallRule } from '../schema/lockdown.ts'
import { parseFirewalld, printFirewalld, type FirewalldFacts } from './firewalld.ts'
import { parseNftRuleset, printNftRuleset } from './nft.ts'
import { section } from './sections.ts'
import { lines, sh, type Script } from './shell.ts'
import { parseUfwRules, ufwFiles, type UfwRuleLine } from './ufw-rules.ts'

export type UfwFacts = {
  readonly active: boolean
  /** Of both families, in the order in which they count. */
  readonly rules: readonly UfwRuleLine[]
  readonly ipv6: boolean
  readonly dropsByDefault: boolean
}

/** Who publishes ports of containers past the rules for this host, and which. */
export type ContainerFacts = {
  readonly engine: 'docker' | 'podman' | null
  readonly published: readonly { readonly port: number; readonly protocol: 'tcp' | 'udp' }[]
}

export type FirewallFacts = {
  readonly ufw: UfwFacts | null
  readonly firewalld: FirewalldFacts | null
  /** The nft program is there. */
  readonly nft: boolean
  /** nftables.service or netfilter-persistent load rules at boot. */
  readonly persistentRules: boolean
  /** What rules of others in the kernel let in, as far as it can be said in our words. */
  readonly opened: readonly FirewallRule[]
  /** Such rules turn away what they do not name. */
  readonly dropsByDefault: boolean
  readonly containers: ContainerFacts
}

/** The sections that `parseFirewallFacts` reads. */
export const askFirewall: Script = lines(
  section('firewall-tools', sh`for tool in ufw firewall-cmd nft docker podman; do command -v "$tool"; done`),
  section('ufw-status', sh`ufw status`),
  section('ufw-rules', sh`cat ${ufwFiles.rules}; echo '@6'; cat ${ufwFiles.rules6}`),
  section('ufw-defaults', sh`cat ${ufwFiles.defaults}`),
  section('firewalld', printFirewalld),
  section(
    'firewall-persistent',
    sh`for unit in nftables netfilter-persistent iptables ip6tables; do systemctl is-enabled -- "$unit.service" || systemctl is-active -- "$unit.service"; done`,
  ),
  section('nft-ruleset', printNftRuleset),
  section('published-docker', sh`docker ps --format '{{.Ports}}'`),
  section('published-podman', sh`podman ps --format '{{.Ports}}'`),
)

export function parseFirewallFacts(sections: ReadonlyMap<string, string>): FirewallFacts {
  const text = (name: string): string => sections.get(name) ?? ''
  const incoming = parseNftRuleset(text('nft-ruleset')).filter(
    ({ hook, name, table }) => (hook === 'input' || name === 'INPUT') && !table.startsWith('drydock_'),
  )
  const has = (tool: string): boolean => new RegExp(`/${tool}$`, 'm').test(text('firewall-tools'))
  return {
    ufw: has('ufw') ? parseUfw(text) : null,
    firewalld: has('firewall-cmd') ? parseFirewalld(text('firewalld')) : null,
    nft: has('nft'),
    persistentRules: /^(enabled|active)$/m.test(text('firewall-persistent')),
    opened: incoming.flatMap(({ rules }) => rules.flatMap(readAccept)),
    dropsByDefault: incoming.some(({ hook, policy }) => hook === 'input' && policy === 'drop'),
    containers: {
      engine: has('docker') ? 'docker' : has('podman') ? 'podman' : null,
      published: parsePublished(`${text('published-docker')}\n${text('published-podman')}`),
    },
  }
}

/** Reads lines such as `ip saddr 10.0.0.0/8 tcp dport { 80, 8000-8010 } ct state new accept`. */
function readAccept(line: string): FirewallRule[] {
  const [, source = 'any', protocol, ports = ''] =
    /^(?:ip6? saddr ([0-9a-f.:/]+) )?(tcp|udp) dport (\d+(?:-\d+)?|\{[\d, -]+\})(?: ct state new)?(?: counter packets \d+ bytes \d+)? accept/.exec(
      line,
    ) ?? []
  if (protocol !== 'tcp' && protocol !== 'udp') return []
  return [...ports.matchAll(/(\d+)(?:-(\d+))?/g)].map(([, port, toPort]) => ({
    port: Number(port),
    ...(toPort === undefined ? {} : { toPort: Number(toPort) }),
    protocol,
    action: 'allow',
    source,
  }))
}

function parseUfw(text: (name: string) => string): UfwFacts {
  const [four = '', six = ''] = text('ufw-rules').split('@6\n')
  return {
    active: /^Status: active$/m.test(text('ufw-status')),
    rules: [...parseUfwRules(four, 4), ...parseUfwRules(six, 6)],
    ipv6: /^IPV6=["']?yes/m.test(text('ufw-defaults')),
    dropsByDefault: /^DEFAULT_INPUT_POLICY="?(DROP|REJECT)/m.test(text('ufw-defaults')),
  }
}

/** Reads lines such as `0.0.0.0:8080->80/tcp, [::]:9000-9001->9000-9001/tcp`; what is bound to loopback is not published. */
function parsePublished(text: string): ContainerFacts['published'] {
  const found = new Map<string, ContainerFacts['published'][number]>()
  for (const [, address = '', first = '', last = first, protocol] of text.matchAll(
    /(\S*):(\d+)(?:-(\d+))?->[\d-]+\/(tcp|udp)/g,
  ))
    if (!/^127\.|^\[?::1\]?$/.test(address) && (protocol === 'tcp' || protocol === 'udp'))
      for (let port = Number(first); port <= Number(last); port += 1)
        found.set(`${port}/${protocol}`, { port, protocol })
  return [...found.values()]
}
