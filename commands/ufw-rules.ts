import type { FirewallRule } from '../schema/lockdown.ts'

/** Where ufw keeps what it was told. */
export const ufwFiles = {
  rules: '/etc/ufw/user.rules',
  rules6: '/etc/ufw/user6.rules',
  conf: '/etc/ufw/ufw.conf',
  defaults: '/etc/default/ufw',
} as const

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

/** Whether everybody may come in by a TCP port over one family: what the first rule says that could fit. */
export function isLetIn(lines: readonly UfwRuleLine[], family: 4 | 6, port: number): boolean {
  const first = lines.find(
    (line) => line.family === family && line.direction.startsWith('in') && has(line, port, 'tcp'),
  )
  return first?.action === 'allow' && isPlainIn(first) && first.from === everywhere[family]
}

/** Whether some rule that is there lets somebody in by a port. */
export const isMentioned = (lines: readonly UfwRuleLine[], port: number, protocol: 'tcp' | 'udp'): boolean =>
  lines.some(
    (line) => /^(allow|limit)/.test(line.action) && line.direction.startsWith('in') && has(line, port, protocol),
  )

/** Whether this very rule is there, for each family that it is about. */
export function hasRule(lines: readonly UfwRuleLine[], rule: FirewallRule, families: readonly (4 | 6)[]): boolean {
  const ports = rule.toPort === undefined ? `${rule.port}` : `${rule.port}:${rule.toPort}`
  return families.every((family) =>
    lines.some(
      (line) =>
        line.family === family &&
        line.action === rule.action &&
        line.protocol === rule.protocol &&
        line.ports === ports &&
        isPlainIn(line) &&
        line.from === (rule.source === 'any' ? everywhere[family] : rule.source),
    ),
  )
}
