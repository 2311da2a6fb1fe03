import { higherRisk, type Risk } from '../schema/guard.ts'
import type { HostAnswers } from '../schema/host-questions.ts'
import type { DeviceType, Environment } from '../schema/server.ts'
import { devices, isNamed } from './devices.ts'
import type { Found } from './findings.ts'

export type Circumstances = {
  readonly device: DeviceType
  readonly environment: Environment
  readonly server: { readonly name: string; readonly services: readonly string[] }
  readonly answers?: HostAnswers
}

/** How much one act hits, from the text, the host, or else an estimate that is called one (spec GUARD-8). */
export type Extent = { readonly count: number | null; readonly isEstimate: boolean; readonly items: readonly string[] }

/** Acts that hit many like things, of which each kind of device has its own usual number. */
const bulk = new Set([
  'container_bulk_stop',
  'container_bulk_remove',
  'volume_or_image_prune',
  'service_bulk_disable',
  'virtual_machine_destroy',
])
const usualElsewhere = 10

export function extentOf({ rule, match }: Found, { device, answers }: Circumstances): Extent {
  const counted = answers === undefined ? null : (rule.counted?.(answers, match.targets) ?? null)
  if (counted !== null) return { count: counted.count ?? counted.items.length, isEstimate: false, items: counted.items }
  if (match.count !== undefined) return { count: match.count, isEstimate: false, items: match.targets }
  if (bulk.has(rule.action)) return { count: devices[device].estimate, isEstimate: true, items: match.targets }
  if (rule.risk === 'by_count') return { count: usualElsewhere, isEstimate: true, items: match.targets }
  return match.targets.length > 0
    ? { count: match.targets.length, isEstimate: false, items: match.targets }
    : { count: null, isEstimate: true, items: [] }
}

const byCount = (count: number | null): Risk => (count === null || count > 10 ? 'high' : count > 2 ? 'medium' : 'low')
const steps: readonly Risk[] = ['low', 'medium', 'high', 'critical']
const oneUp = (risk: Risk): Risk => steps[Math.min(steps.indexOf(risk) + 1, 3)] ?? 'critical'

/** Database, web, proxy and monitoring services: stopping what they stand on is felt by others. */
const business =
  /(postgres|mysql|mariadb|mongo|redis|database|\bdb\b|nginx|apache|httpd|caddy|traefik|haproxy|swag|proxy|web|prometheus|grafana|monitoring|loki|alert)/i

export type Rated = { readonly risk: Risk; readonly warnings: readonly string[] }

/** The risk of one act under the circumstances (spec GUARD-7, 9, 11, 21, 22). */
export function rate(found: Found, extent: Extent, at: Circumstances): Rated {
  const { rule, match } = found
  const rules = devices[at.device]
  const warnings: string[] = []
  let risk = match.risk ?? (rule.risk === 'by_count' ? byCount(extent.count) : rule.risk)
  if (bulk.has(rule.action) && extent.count !== null && extent.count > rules.bulkLimit) {
    risk = oneUp(risk)
    warnings.push(
      `${extent.count} ${rule.things} are more than the ${rules.bulkLimit} that one act may hit on this kind of device: do it in batches, with a health check between.`,
    )
  }
  const kept = extent.items.filter((item) => isNamed(item, rules.protectedContainers))
  if (kept.length > 0 && rule.action.startsWith('container')) {
    risk = oneUp(risk)
    warnings.push(`Protected on this kind of device and hit as well: ${kept.slice(0, 10).join(', ')}.`)
  }
  const critical = extent.items.filter((item) => isNamed(item.replace(/\.service$/, ''), rules.criticalServices))
  if (critical.length > 0 && rule.action === 'service_bulk_disable') {
    risk = higherRisk(risk, 'high')
    warnings.push(`The device itself needs ${critical.slice(0, 10).join(', ')}.`)
  }
  const felt = at.server.services.filter((service) => business.test(service))
  if (felt.length > 0) warnings.push(`Others use what runs here: ${felt.slice(0, 10).join(', ')}.`)
  if (at.environment === 'production') {
    if (risk !== 'critical') warnings.push(`${at.server.name} is in production.`)
    risk = 'critical'
  }
  return { risk, warnings }
}
