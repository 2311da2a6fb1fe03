import type { FirewallRule } from '../schema/lockdown.ts'
import { familyOf, includes } from './firewall-rule.ts'

/** Where ufw keeps what it was told. */
export const ufwFiles = {
  rules: '/etc/ufw/user.rules',
  rules6: '/etc/ufw/user6.rules',
  conf: '/etc/ufw/ufw.conf',
  defaults: '/etc/default/ufw',
} as const

/** What ufw's own sysctl.conf sets when it starts, as it is packaged. */
export const ufwKernelParameters: readonly string[] = [
  'net.ipv4.conf.all.accept_redirects',
  'net.ipv4.conf.default.accept_redirects',
  'net.ipv4.conf.all.log_martians',
  'net.ipv4.conf.default.log_martians',
  'net.ipv4.icmp_echo_ignore_all',
  'net.ipv4.icmp_echo_ignore_broadcasts',
  'net.ipv4.icmp_ignore_bogus_error_responses',
  'net.ipv6.conf.all.accept_redirects',
  'net.ipv6.conf.default.accept_redirects',
]

/** One rule as ufw keeps it: `### tuple ### ACTION PROTOCOL PORTS TO PORTS FROM [APPLICATIONS] DIRECTION`. */
export type UfwRuleLine = {
  readonly family: 4 | 6
  readonly action: string
  readonly protocol: string
  readonly ports: string
  readonly to: string
  readonly sourcePorts: string
  readonly from: string
  readonly direction: string
}

/** Reads the tuples of user.rules or user6.rules. */
export const parseUfwRules = (content: string, family: 4 | 6): readonly UfwRuleLine[] =>
  [...content.matchAll(/^### tuple ### (.*)$/gm)].flatMap(([, tuple = '']) => {
    const words = tuple.replace(/ comment=\S*$/, '').split(' ')
    const [action, protocol, ports, to, sourcePorts, from] = words
    const direction = words.at(-1)
    if (from === undefined || action === undefined || protocol === undefined || ports === undefined) return []
    if (to === undefined || sourcePorts === undefined || direction === undefined) return []
    return [{ family, action: action.replace(/^route:/, 'route '), protocol, ports, to, sourcePorts, from, direction }]
  })

const everywhere = { 4: '0.0.0.0/0', 6: '::/0' } as const

/** Whether a rule is about what comes in to any address of the host. */
const isPlainIn = (line: UfwRuleLine): boolean =>
  line.direction === 'in' && line.to === everywhere[line.family] && line.sourcePorts === 'any'

const has = (line: UfwRuleLine, port: number, protocol: string): boolean =>
  (line.protocol === 'any' || line.protocol === protocol) &&
  (line.ports === 'any' ||
    line.ports.split(',').some((part) => {
      const [first, last = first] = part.split(':').map(Number)
      return first !== undefined && last !== undefined && port >= first && port <= last
    }))

/** Whether somebody may come in by a TCP port over one family: what the first rule says that fits. `null`: from anywhere. */
export function isLetIn(there: readonly UfwRuleLine[], family: 4 | 6, port: number, client: string | null): boolean {
  const first = there.find(
    (line) =>
      line.family === family &&
      line.direction.startsWith('in') &&
      has(line, port, 'tcp') &&
      (line.from === everywhere[family] || (client !== null && includes(line.from, client))),
  )
  return first?.action === 'allow' && isPlainIn(first)
}

/** Whether a rule that is there would turn somebody away before a later one could let them in. */
export const isTurnedAway = (there: readonly UfwRuleLine[], port: number, client: string | null): boolean =>
  there.some(
    (line) =>
      !line.action.startsWith('allow') &&
      line.direction.startsWith('in') &&
      has(line, port, 'tcp') &&
      (line.from === everywhere[line.family] || (client !== null && includes(line.from, client))),
  )

/** Whether some rule that is there lets somebody in by a port. */
export const isMentioned = (there: readonly UfwRuleLine[], port: number, protocol: 'tcp' | 'udp'): boolean =>
  there.some(
    (line) => /^(allow|limit)/.test(line.action) && line.direction.startsWith('in') && has(line, port, protocol),
  )

/** Whether this very rule is there, for each family that it is about. */
export const hasRule = (there: readonly UfwRuleLine[], rule: FirewallRule): boolean =>
  familiesOf(rule).every((family) =>
    there.some((line) => line.family === family && showTuple(line) === tuple(rule, family)),
  )

const showTuple = ({ action, protocol, ports, to, sourcePorts, from, direction }: UfwRuleLine): string =>
  [action, protocol, ports, to, sourcePorts, from, direction].join(' ')

/** A rule as ufw keeps it for one family. */
export const tuple = (rule: FirewallRule, family: 4 | 6): string =>
  [
    rule.action,
    rule.protocol,
    rule.toPort === undefined ? `${rule.port}` : `${rule.port}:${rule.toPort}`,
    everywhere[family],
    'any',
    rule.source === 'any' ? everywhere[family] : rule.source,
    'in',
  ].join(' ')

export const fileOf = (family: 4 | 6): string => (family === 4 ? ufwFiles.rules : ufwFiles.rules6)
export const familiesOf = (rule: FirewallRule): readonly (4 | 6)[] => {
  const family = familyOf(rule)
  return family === 'both' ? [4, 6] : [family]
}

/** The words by which each rule that is none of these would be deleted; what has an application or an interface is left out. */
export function removableRules(
  there: readonly UfwRuleLine[],
  wanted: readonly FirewallRule[],
): readonly (readonly string[])[] {
  const ours = new Set(wanted.flatMap((rule) => familiesOf(rule).map((family) => tuple(rule, family))))
  const others = there.filter((line) => isPlainIn(line) && !ours.has(showTuple(line))).map(wordsOf)
  return [...new Map(others.map((one) => [one.join(' '), one])).values()]
}

const wordsOf = ({ action, protocol, ports, from, family }: UfwRuleLine): readonly string[] => [
  action,
  ...(protocol === 'any' ? [] : ['proto', protocol]),
  'from',
  from === everywhere[family] ? 'any' : from,
  'to',
  'any',
  ...(ports === 'any' ? [] : ['port', ports]),
]

const set = (text: string, key: string, value: string): string =>
  new RegExp(`^${key}=.*$`, 'm').test(text)
    ? text.replace(new RegExp(`^${key}=.*$`, 'm'), `${key}=${value}`)
    : `${text}${key}=${value}\n`

/** Settings of /etc/default/ufw under which rules count for both families and nothing else comes in. */
export function strictDefaults(content: string): string {
  const six = /^IPV6=["']?yes/im.test(content) ? content : set(content, 'IPV6', 'yes')
  return /^DEFAULT_INPUT_POLICY="?(DROP|REJECT)/m.test(six) ? six : set(six, 'DEFAULT_INPUT_POLICY', '"DROP"')
}
