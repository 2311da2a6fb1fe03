import { BlockList, isIP, isIPv6 } from 'node:net'
import type { FirewallRule } from '../schema/lockdown.ts'

/** One rule in short, as people read it: '80/tcp', 'deny 5432/tcp from 10.0.0.0/8'. */
export function showRule(rule: FirewallRule): string {
  const ports = rule.toPort === undefined ? `${rule.port}` : `${rule.port}-${rule.toPort}`
  return [
    ...(rule.action === 'deny' ? ['deny'] : []),
    `${ports}/${rule.protocol}`,
    ...(rule.source === 'any' ? [] : [`from ${rule.source}`]),
  ].join(' ')
}

export const allowTcp = (port: number): FirewallRule => ({ port, protocol: 'tcp', action: 'allow', source: 'any' })

/** The address family that a rule is about; `both` where it names no address. */
export const familyOf = ({ source }: FirewallRule): 'both' | 4 | 6 =>
  source === 'any' ? 'both' : isIPv6(source.replace(/\/\d+$/, '')) ? 6 : 4

/** Whether a rule speaks of a port at all. */
export const isAbout = (rule: FirewallRule, port: number, protocol: 'tcp' | 'udp'): boolean =>
  rule.protocol === protocol && port >= rule.port && port <= (rule.toPort ?? rule.port)

/** Whether everybody, or at least somebody, may come in by a port: the first rule that fits everybody decides. */
export function isOpen(rules: readonly FirewallRule[], port: number, protocol: 'tcp' | 'udp'): boolean {
  const about = rules.filter((rule) => isAbout(rule, port, protocol))
  const decided = about.findIndex((rule) => rule.source === 'any')
  const heard = decided < 0 ? about : about.slice(0, decided + 1)
  return heard.some(({ action }) => action === 'allow')
}

/** Whether an address lies in a network; an address is a network of its own. */
export function includes(network: string, address: string): boolean {
  const [base = '', length] = network.split('/')
  const family = isIPv6(base) ? 'ipv6' : 'ipv4'
  if (isIP(base) === 0 || isIP(address) === 0 || isIP(base) !== isIP(address)) return false
  const list = new BlockList()
  list.addSubnet(base, length === undefined ? (family === 'ipv6' ? 128 : 32) : Number(length), family)
  return list.check(address, family)
}
