import type { Application, Variable } from '../schema/application.ts'
import type { DeploymentSettings } from '../schema/deployment.ts'
import { deploymentTitle } from '../schema/titles.ts'
import { inMaintenance, type Server } from '../schema/server.ts'
import type { FleetInput } from '../schema/start.ts'
import { actorOf, type Deps, type Request } from './context.ts'
import { serverOf } from './parameters.ts'
import { conflict, invalid, notFound, notSetUp } from './problem.ts'
import { checkSecrets } from './references.ts'
import { startOperation } from './start-operation.ts'
import { startPreview } from './start-preview.ts'

type Starting = {
  readonly kind: 'deployment' | 'rollback'
  readonly server: Server
  readonly settings: DeploymentSettings
  readonly definition: Application
  readonly dryRun: boolean
}

/** The history has the name alone; the definition is stored with the operation. */
export function start(deps: Deps, c: Request, { kind, server, settings, definition, dryRun: isDry }: Starting) {
  const title = deploymentTitle(kind, settings, server.name)
  if (isDry)
    return startPreview(deps, c, { server, title: `Plan: ${title}`, of: { kind, settings }, more: { definition } })
  return startOperation(deps, c, {
    kind,
    server,
    title,
    // One of them an application and server at a time (spec DEPLOY-11).
    workflowId: `deployment/${settings.application}/${server.id}`,
    alone: { application: settings.application, serverIds: [server.id] },
    work: { server: { id: server.id, name: server.name }, settings },
    input: { settings, definition },
  })
}

/** A parent over one deployment a server, in batches; where too many fail, those that it has reached go back. */
export function startOnMany(
  deps: Deps,
  c: Request,
  { servers, settings, definition }: { servers: readonly Server[] } & Pick<Starting, 'settings' | 'definition'>,
) {
  const shape = {
    servers: servers.map(({ id, name }) => ({ id, name })),
    batch: definition.strategy.batch,
    stopAfterFailures: definition.strategy.failures,
    ...rolloutOf(definition, servers.length),
    work: { kind: 'deployment', settings },
  } satisfies Omit<FleetInput, 'operationId' | 'requester' | 'correlationId' | 'approvalFromTemporal'>
  return startOperation(deps, c, {
    kind: 'fleet',
    server: null,
    title: deploymentTitle('deployment', settings, `${servers.length} servers`),
    alone: { application: settings.application, serverIds: servers.map(({ id }) => id) },
    work: shape,
    input: { ...shape, settings, definition },
  })
}

function rolloutOf({ strategy }: Application, servers: number): Pick<FleetInput, 'rollout'> {
  // At least one of each: without the others there is nothing that a canary saves.
  const first = Math.min(servers - 1, Math.ceil((servers * strategy.share) / 100))
  switch (strategy.kind) {
    case 'canary':
      return { rollout: { kind: 'canary', first, isGated: strategy.gate !== undefined } }
    case 'blue-green':
      return { rollout: { kind: 'together' } }
    case 'rolling':
    case 'recreate':
      return {}
    default:
      return strategy.kind satisfies never
  }
}

/** The servers of a deployment: the one that is named, or those that the application declares. */
export async function serversFor(
  deps: Deps,
  c: Request,
  { server, definition, dryRun }: { server?: string | undefined; definition: Application; dryRun: boolean },
): Promise<[Server, ...Server[]]> {
  const names = server === undefined ? [...new Set(definition.hosts)] : [server]
  const [first, ...others] = await Promise.all(names.map((name) => serverOf(deps, name)))
  if (first === undefined) throw invalid('server', 'is needed, because the definition names no hosts')
  if (others.length > 0 && dryRun) throw invalid('server', 'is needed for a dry run, which is of one server')
  for (const one of [...others, first]) mustBeReady(c, one)
  return [first, ...others]
}

export function mustBeReady(c: Request, server: Server): void {
  c.get('audit').serverId = server.id
  if (!server.setupComplete) throw notSetUp(server.name)
  if (server.maintenance)
    throw conflict(
      `${server.name} is ${inMaintenance(server)}. Nothing is deployed there meanwhile.`,
      `Wait for its end, or end it: \`drydock server maintenance ${server.name} --off\`.`,
    )
}

/** What was asked for now is what runs, also when a secret gets another value meanwhile; and a rollback brings the old one back. */
export async function withPinnedSecrets(deps: Deps, c: Request, definition: Application): Promise<Application> {
  const entries = Object.entries(definition.environment)
  const named = entries.flatMap(([name, value]) => (typeof value === 'object' ? [[name, value] as const] : []))
  const refs = named.map(
    ([name, { secret, version }]) => [name, { kind: 'stored' as const, name: secret, version }] as const,
  )
  await checkSecrets(deps, actorOf(c), Object.fromEntries(refs))
  if (named.length === 0) return definition
  const stored = new Map((await deps.store.secrets.list()).map(({ name, versions }) => [name, versions]))
  const pinned = (value: Variable): Variable =>
    typeof value === 'object'
      ? { secret: value.secret, version: value.version ?? stored.get(value.secret)?.at(-1)?.version }
      : value
  return { ...definition, environment: Object.fromEntries(entries.map(([name, value]) => [name, pinned(value)])) }
}

export async function whereItServes(deps: Deps, application: string): Promise<string> {
  const found = await deps.store.releases.list({ application, limit: 1_000 })
  const servers = [...new Set(found.map(({ server }) => server.id))]
  const [only, ...others] = servers
  if (only === undefined)
    throw notFound(`Nothing is known of an application ${application}.`, '`drydock deploy FILE` brings one.')
  if (others.length > 0) throw invalid('server', `is needed, because ${application} serves on several`)
  return only
}

export async function releaseToGoTo(
  deps: Deps,
  { application, server, wanted }: { application: string; server: Server; wanted: string | undefined },
) {
  const place = { application, serverId: server.id }
  const known = await deps.store.releases.known(place)
  const name = wanted ?? known[1]
  const found = name === undefined ? null : await deps.store.releases.find({ ...place, wanted: name })
  if (found !== null) return found
  if (known.length === 0)
    throw notFound(`${application} has never served on ${server.name}.`, '`drydock deploy FILE` brings it there.')
  throw conflict(
    wanted === undefined
      ? `${application} has had one release on ${server.name}, ${known[0]}; there is none to go back to.`
      : `There is no release ${wanted} of ${application} on ${server.name}.`,
    `Known there, the last one first: ${known.slice(0, 20).join(', ')}.`,
  )
}
