import { higherRisk, type Risk } from '../schema/guard.ts'
import type { HostAnswers } from '../schema/host-questions.ts'
import type { DeviceType, Environment } from '../schema/server.ts'
import { backupWarning, losesData, usualMaxAgeHours } from './backups.ts'
import { containerWarnings } from './containers.ts'
import { containerNeeds, dependantsOf } from './dependencies.ts'
import { devices, isNamed } from './devices.ts'
import type { Found } from './findings.ts'

export type Circumstances = {
  readonly device: DeviceType
  readonly environment: Environment
  readonly server: {
    readonly name: string
    readonly services: readonly string[]
    readonly serviceDependencies?: Readonly<Record<string, readonly string[]>>
  }
  readonly answers?: HostAnswers | undefined
  /** The age up to which a backup counts. */
  readonly backupMaxAgeHours?: number
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
  if (rule.action === 'virtual_machine_destroy' && match.targets.length > 0)
    return { count: match.targets.length, isEstimate: false, items: match.targets.map((id) => guestNamed(id, answers)) }
  if (bulk.has(rule.action)) return { count: devices[device].estimate, isEstimate: true, items: match.targets }
  if (rule.risk === 'by_count') return { count: usualElsewhere, isEstimate: true, items: match.targets }
  return match.targets.length > 0
    ? { count: match.targets.length, isEstimate: false, items: match.targets }
    : { count: null, isEstimate: true, items: [] }
}

/** A guest that was named by its number, with its name where the host knows it. */
function guestNamed(id: string, answers: HostAnswers | undefined): string {
  const guest = answers?.guestDetails?.find((one) => one.id === id)
  return guest === undefined ? id : `${guest.id} ${guest.name}`.trim()
}

/** Whether an act hits more things than one act may on this kind of device (spec GUARD-21). */
export const isOverLimit = ({ rule }: Found, { count }: Extent, device: DeviceType): boolean =>
  bulk.has(rule.action) && count !== null && count > devices[device].bulkLimit

const byCount = (count: number | null): Risk => (count === null || count > 10 ? 'high' : count > 2 ? 'medium' : 'low')
const steps: readonly Risk[] = ['low', 'medium', 'high', 'critical']
const oneUp = (risk: Risk): Risk => steps[Math.min(steps.indexOf(risk) + 1, 3)] ?? 'critical'

/** Database, web, proxy and monitoring services: stopping what they stand on is felt by others. */
const business =
  /(postgres|mysql|mariadb|mongo|redis|database|\bdb\b|nginx|apache|httpd|caddy|traefik|haproxy|swag|proxy|\bweb\b|webserver|prometheus|grafana|monitoring|loki|alert)/i

export type Rated = { readonly risk: Risk; readonly warnings: readonly string[] }

/** What speaks against an act: a warning, and what it makes of the risk. */
type Objection = { readonly warning: string; readonly risk: (risk: Risk) => Risk }

/** The risk of one act under the circumstances (spec GUARD-7, 9, 11, 21, 22, 24 to 26). */
export function rate(found: Found, extent: Extent, at: Circumstances): Rated {
  const { rule, match } = found
  const base = match.risk ?? (rule.risk === 'by_count' ? byCount(extent.count) : rule.risk)
  const objections = [
    overLimit(found, extent, at),
    protectedHit(found, extent, at),
    protectedChain(found, extent, at),
    criticalServices(found, extent, at),
    mountsBelow(found, at),
    withoutBackup(found, at),
  ].flatMap((objection) => (objection === null ? [] : [objection]))
  const risk = objections.reduce((so, objection) => objection.risk(so), base)
  const inProduction = at.environment === 'production'
  return {
    risk: inProduction ? 'critical' : risk,
    warnings: [
      ...objections.map(({ warning }) => warning),
      ...(rule.action.startsWith('container')
        ? containerWarnings(extent.items, at.answers, rule.action === 'container_bulk_remove')
        : []),
      ...felt(found, extent, at),
      ...(inProduction && risk !== 'critical' ? [`${at.server.name} is in production.`] : []),
    ],
  }
}

function overLimit(found: Found, extent: Extent, { device }: Circumstances): Objection | null {
  if (!isOverLimit(found, extent, device)) return null
  const { bulkLimit } = devices[device]
  return {
    warning: `${extent.count} ${found.rule.things} are more than the ${bulkLimit} that one act may hit on this kind of device: do it in batches, with a health check between.`,
    risk: oneUp,
  }
}

function protectedHit({ rule }: Found, { items }: Extent, { device }: Circumstances): Objection | null {
  const kept = items.filter((item) => isNamed(item, devices[device].protectedContainers))
  return kept.length === 0 || !rule.action.startsWith('container')
    ? null
    : {
        warning: `Protected on this kind of device and hit as well: ${kept.slice(0, 10).join(', ')}.`,
        risk: oneUp,
      }
}

/** A protected container outside the set that needs one inside it. */
function protectedChain({ rule }: Found, { items }: Extent, { device, answers }: Circumstances): Objection | null {
  if (!rule.action.startsWith('container')) return null
  const needs = containerNeeds(answers?.containers?.details?.filter((one) => one.running))
  const chain = dependantsOf(items, needs).filter((name) => isNamed(name, devices[device].protectedContainers))
  return chain.length === 0
    ? null
    : { warning: `Protected on this kind of device and in need of it: ${chain.slice(0, 10).join(', ')}.`, risk: oneUp }
}

function criticalServices({ rule }: Found, { items }: Extent, { device }: Circumstances): Objection | null {
  const critical = items.filter((item) => isNamed(item.replace(/\.service$/, ''), devices[device].criticalServices))
  return critical.length === 0 || rule.action !== 'service_bulk_disable'
    ? null
    : {
        warning: `The device itself needs ${critical.slice(0, 10).join(', ')}.`,
        risk: (risk) => higherRisk(risk, 'high'),
      }
}

function mountsBelow({ rule, match }: Found, { answers }: Circumstances): Objection | null {
  if (rule.action !== 'filesystem_bulk_delete') return null
  const mounts = [...new Set(match.targets.flatMap((path) => answers?.paths?.[path]?.mounts ?? []))]
  return mounts.length === 0
    ? null
    : { warning: `Other file systems are mounted there: ${mounts.slice(0, 10).join(', ')}.`, risk: oneUp }
}

function withoutBackup(
  found: Found,
  { answers, backupMaxAgeHours = usualMaxAgeHours }: Circumstances,
): Objection | null {
  const warning = losesData(found) ? backupWarning(found, answers, backupMaxAgeHours) : null
  return warning === null ? null : { warning, risk: () => 'critical' }
}

/** The registry names what others use; the host may show more of it among what is hit. */
function felt({ rule }: Found, { items }: Extent, { server }: Circumstances): string[] {
  const known = [...server.services, ...(/^(container|service)/.test(rule.action) ? items : [])]
  const services = [...new Set(known.filter((service) => business.test(service)))]
  return services.length === 0 ? [] : [`Others use what runs here: ${services.slice(0, 10).join(', ')}.`]
}
