import { createHash } from 'node:crypto'
import type { ArtifactOf } from '../commands/artifact.ts'
import type { Backup } from '../commands/backup.ts'
import type { DeploymentFacts, DeploymentQuestions } from '../commands/deployment-facts.ts'
import type { Surroundings } from '../commands/health-check.ts'
import { layoutOf, releasePath, type Layout } from '../commands/release.ts'
import { rootOf, type Application, type ApplicationUnit } from '../schema/application.ts'
import { wholeUnitName } from '../schema/unit.ts'

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
}

export type WantedUnit = Omit<ApplicationUnit, 'name'> & { readonly name: string; readonly index: number }

/** The situation in the words of the steps. */
export type Wish = ArtifactOf & {
  readonly application: Application
  readonly user: string
  readonly layout: Layout
  readonly path: string
  readonly units: readonly WantedUnit[]
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
export const deploymentQuestions = (application: Application, user: string): DeploymentQuestions => ({
  layout: layoutOf(rootOf(application)),
  units: unitNames(application),
  user,
})

export const unitNames = ({ units }: Pick<Application, 'units'>): string[] =>
  units.map(({ name }) => wholeUnitName(name))

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
  const { application, facts, previous, server, operationId } = situation
  const layout = layoutOf(rootOf(application))
  const release = releaseOf(application)
  const units = application.units.map((unit, index) => ({ ...unit, name: wholeUnitName(unit.name), index }))
  const active = facts.current.kind === 'release' ? facts.current.release : null
  return {
    artifact: application.artifact,
    application,
    user: server.user,
    layout,
    release,
    path: releasePath(layout, release),
    units,
    around: { units: units.map(({ name }) => name), cwd: layout.current, user: server.user },
    facts,
    serves: active === release && units.every((unit) => runsAsWanted(facts, unit)) ? `${release} serves already` : null,
    previous: active === null ? null : previous,
    active,
    old: oldReleases(situation, release, active),
    backup: (item) => ({ operationId, item }),
  }
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
  const kept = [...new Set([release, ...(active === null ? [] : [active]), ...history])].slice(0, application.keep)
  return history.filter(
    (name, index) => history.indexOf(name) === index && facts.releases.includes(name) && !kept.includes(name),
  )
}
