import { createHash } from 'node:crypto'
import type { ArtifactOf } from '../commands/artifact.ts'
import type { Backup } from '../commands/backup.ts'
import type { DeploymentFacts, DeploymentQuestions } from '../commands/deployment-facts.ts'
import type { Surroundings } from '../commands/health-check.ts'
import { layoutOf, releasePath, type Layout } from '../commands/release.ts'
import { isTemplate, rootOf, type Application, type ApplicationUnit } from '../schema/application.ts'
import type { DeploymentPart } from '../schema/deployment.ts'
import type { Strategy } from '../schema/strategy.ts'
import { wholeUnitName } from '../schema/unit.ts'
import { instancesOf, type Instance } from './deployment-instances.ts'
import { gettingRequests, isSentTo, proxyOf, type ProxyOf } from './deployment-proxy.ts'

/** All that the plan of a deployment is made of. */
export type DeploymentSituation = {
  readonly operationId: string
  readonly server: { readonly name: string; readonly user: string }
  readonly application: Application
  /** What the release that serves was declared as, where that is known. */
  readonly previous: Application | null
  /** Releases of this application that have served on this server, the last one first. */
  readonly history: readonly string[]
  readonly facts: DeploymentFacts
  /** What this server does as one of several. */
  readonly part?: DeploymentPart | undefined
}

/** `of` is whose file it is run by: that of a template for each of its instances. */
export type WantedUnit = Omit<ApplicationUnit, 'name'> & {
  readonly name: string
  readonly of: string
  readonly index: number
}

/** The situation in the words of the steps. */
export type Wish = ArtifactOf & {
  readonly application: Application
  /** What the strategy means on this server. */
  readonly kind: Strategy['kind']
  readonly part: DeploymentPart | null
  readonly user: string
  readonly layout: Layout
  readonly path: string
  /** Those that are there once; what there is several of belongs to its instance. */
  readonly units: readonly WantedUnit[]
  /** In the order of their names. */
  readonly instances: readonly Instance[]
  readonly proxy: ProxyOf | null
  readonly around: Surroundings
  readonly facts: DeploymentFacts
  /** Why nothing that serves needs to be touched; null where it does. */
  readonly serves: string | null
  readonly previous: Application | null
  readonly active: string | null
  readonly old: readonly string[]
  readonly backup: (item: string) => Backup
}

/** What `inspectForDeployment` has to ask of the host. */
export const deploymentQuestions = (
  application: Application,
  user: string,
): Omit<DeploymentQuestions, 'units'> & { readonly units: readonly WantedUnit[] } => ({
  layout: layoutOf(rootOf(application)),
  units: [...plainUnits(application), ...instancesOf(application, user).flatMap(({ units }) => units)],
  user,
  instances: Object.keys(application.instances).toSorted(),
  proxyFile: proxyOf(application)?.path ?? null,
})

export const unitNames = (application: Application): string[] => [
  ...plainUnits(application).map(({ name }) => name),
  ...instancesOf(application, '').flatMap(({ units }) => units.map(({ name }) => name)),
]

const plainUnits = ({ units }: Pick<Application, 'units'>): WantedUnit[] =>
  units.flatMap((unit, index) => {
    const name = wholeUnitName(unit.name)
    return isTemplate(name) ? [] : [{ ...unit, name, of: name, index }]
  })

/**
 * The same files with the same surroundings are the same release, whoever brings it. How and where it is brought, and
 * how its health is seen, is no part of it.
 */
export function releaseOf({ version, artifact, shared, environment, units }: Application): string {
  const { source: _, bytes: __, entries: ___, ...content } = artifact
  const makings = {
    content: artifact.kind === 'directory' ? artifact.source : content,
    shared,
    environment: Object.entries(environment).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    units: units.map(({ name, file }) => [wholeUnitName(name), file ?? null]),
  }
  const digest = createHash('sha256').update(JSON.stringify(makings)).digest('hex')
  return `${version ?? 'release'}-${digest.slice(0, 8)}`
}

export function wish(situation: DeploymentSituation): Wish {
  const { application, facts, previous, server, operationId, part = null } = situation
  const layout = layoutOf(rootOf(application))
  const release = releaseOf(application)
  const units = plainUnits(application)
  const instances = instancesOf(application, server.user)
  const proxy = proxyOf(application)
  const kind = kindHere(application, part)
  const active = facts.current.kind === 'release' ? facts.current.release : null
  return {
    artifact: application.artifact,
    application,
    kind,
    part,
    user: server.user,
    layout,
    release,
    path: releasePath(layout, release),
    units,
    instances,
    proxy,
    around: { units: unitNames(application), cwd: layout.current, user: server.user },
    facts,
    serves: servesAlready({ kind, facts, release, units, instances, proxy }) ? `${release} serves already` : null,
    previous: active === null ? null : previous,
    active,
    old: oldReleases(situation, release, active),
    backup: (item) => ({ operationId, item }),
  }
}

/** As one of several servers, none is a canary by a share of its own requests. */
const kindHere = ({ strategy, proxy }: Application, part: DeploymentPart | null): Strategy['kind'] =>
  strategy.kind === 'canary' && part !== null ? (proxy === undefined ? 'rolling' : 'blue-green') : strategy.kind

type Wanted = Pick<Wish, 'kind' | 'facts' | 'release' | 'units' | 'instances' | 'proxy'>

function servesAlready({ kind, facts, release, units, instances, proxy }: Wanted): boolean {
  const serving = proxy === null ? instances : gettingRequests(instances, facts)
  const isOne = kind === 'blue-green' || kind === 'canary'
  const runs = (unit: WantedUnit): boolean => runsAsWanted(facts, unit)
  return (
    facts.current.kind === 'release' &&
    facts.current.release === release &&
    units.every(runs) &&
    (instances.length === 0 || serving.length === (isOne ? 1 : instances.length)) &&
    serving.every(({ name, ...instance }) => facts.instances.get(name) === release && instance.units.every(runs)) &&
    (proxy === null || isSentTo(proxy, facts, serving))
  )
}

function runsAsWanted(facts: DeploymentFacts, { name, file }: WantedUnit): boolean {
  const found = facts.units.get(name)
  return found?.active === 'active' && (file === undefined || found.file?.content === file)
}

/** What has served longest ago goes; what nobody knows of is not ours to remove. */
function oldReleases(
  { application, facts, history }: DeploymentSituation,
  release: string,
  active: string | null,
): string[] {
  const used = [release, ...(active === null ? [] : [active]), ...facts.instances.values()]
  const kept = [...new Set([...used, ...history])].slice(0, Math.max(application.keep, new Set(used).size))
  return history.filter(
    (name, index) => history.indexOf(name) === index && facts.releases.includes(name) && !kept.includes(name),
  )
}
