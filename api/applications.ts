import { z } from '@hono/zod-openapi'
import { Application, ApplicationName, type Variable } from '../schema/application.ts'
import { deploymentTitle, type DeploymentSettings, ReleaseName, Release } from '../schema/deployment.ts'
import type { Server } from '../schema/server.ts'
import { type Api, actorOf, type Deps, type Request } from './context.ts'
import { OperationPage, pageOf } from './operations.ts'
import { Started } from './operation-view.ts'
import { Limit, StartHeaders, serverOf } from './parameters.ts'
import { absorb, outside, present } from './present.ts'
import { conflict, invalid, notFound, notSetUp } from './problem.ts'
import { checkSecrets } from './references.ts'
import { json, route } from './route.ts'
import { startOperation } from './start-operation.ts'
import { answerStart } from './started.ts'

const ServerName = z.string().min(1).max(253)
const ApplicationParam = z.object({
  application: ApplicationName.meta({ description: "An application's name", example: 'shop' }),
})
const dryRun = z.boolean().default(false)

const DeploymentRequest = z.strictObject({
  definition: Application.describe('What its file declares'),
  server: ServerName.optional().describe('A name or id; without it, the one of `hosts` in the definition'),
  dryRun,
})

const RollbackRequest = z.strictObject({
  server: ServerName.optional().describe('A name or id; without it, the one that the application serves on'),
  release: ReleaseName.optional().describe('Its name or version; without it, the one that served before'),
  dryRun,
})

const started = {
  200: json(Started, 'Ended within the time that was preferred'),
  202: json(Started, 'Started'),
}

const deploy = route({
  method: 'post',
  path: '/v1/applications/{application}/deployments',
  role: 'operator',
  audit: { action: 'deployment' },
  tags: ['deployments'],
  summary:
    'Bring a release to a server: verified and unpacked beside the old one, switched by one rename, healthy or taken back; or plan it only, with `dry_run`',
  request: {
    params: ApplicationParam,
    headers: StartHeaders,
    body: json(outside(DeploymentRequest, 'DeploymentRequest'), 'The application, and where'),
  },
  responses: started,
  problems: {
    400: 'The server is not set up yet',
    404: 'There is no such server',
    409: 'A deployment of this application is running there, the server is in maintenance, or the Idempotency-Key was used for another request',
  },
})

const rollback = route({
  method: 'post',
  path: '/v1/applications/{application}/rollbacks',
  role: 'operator',
  audit: { action: 'rollback' },
  tags: ['deployments'],
  summary: 'Go back to a release that has served before, with its environment; or plan it only, with `dry_run`',
  request: {
    params: ApplicationParam,
    headers: StartHeaders,
    body: json(outside(RollbackRequest, 'RollbackRequest'), '`{}` goes back to the release before'),
  },
  responses: started,
  problems: {
    400: 'The server is not set up yet',
    404: 'Nothing is known of such an application, or there is no such server',
    409: 'There is no such release, a deployment of this application is running there, the server is in maintenance, or the Idempotency-Key was used for another request',
  },
})

const listDeployments = route({
  method: 'get',
  path: '/v1/applications/{application}/deployments',
  role: 'viewer',
  tags: ['deployments'],
  summary: 'List the deployments of an application, newest first',
  request: { params: ApplicationParam, query: z.object({ limit: Limit, before: z.uuid().optional() }) },
  responses: { 200: json(OperationPage, 'A page of operations') },
})

const listRollbacks = route({
  method: 'get',
  path: '/v1/applications/{application}/rollbacks',
  role: 'viewer',
  tags: ['deployments'],
  summary: 'List the rollbacks of an application, newest first',
  request: { params: ApplicationParam, query: z.object({ limit: Limit, before: z.uuid().optional() }) },
  responses: { 200: json(OperationPage, 'A page of operations') },
})

const listReleases = route({
  method: 'get',
  path: '/v1/applications/{application}/releases',
  role: 'viewer',
  tags: ['deployments'],
  summary: 'List what serves and what has served: release, digest, who brought it, and when; newest first',
  request: {
    params: ApplicationParam,
    query: z.object({ server: ServerName.optional().openapi({ description: "A server's name or id" }), limit: Limit }),
  },
  responses: { 200: json(z.object({ items: z.array(outside(Release, 'Release')) }), 'The releases') },
  problems: { 404: 'There is no such server' },
})

/** Deployments and rollbacks of applications (spec DEPLOY-1, API-15). */
export function applications(app: Api, deps: Deps): void {
  app.openapi(deploy, async (c) => {
    const { application } = c.req.valid('param')
    const request = absorb(DeploymentRequest, c.req.valid('json'))
    if (request.definition.name !== application)
      throw invalid('definition.name', `is ${request.definition.name}, and the address says ${application}`)
    const server = await serverOf(deps, whereTo(request))
    mustBeReady(c, server)
    const definition = await withPinnedSecrets(deps, c, request.definition)
    const settings = { application, version: definition.version ?? null }
    return answerStart(deps, c, await start(deps, c, { ...request, kind: 'deployment', server, settings, definition }))
  })

  app.openapi(rollback, async (c) => {
    const { application } = c.req.valid('param')
    const request = absorb(RollbackRequest, c.req.valid('json'))
    const server = await serverOf(deps, request.server ?? (await whereItServes(deps, application)))
    mustBeReady(c, server)
    const { release, definition } = await releaseToGoTo(deps, { application, server, wanted: request.release })
    const settings = { application, version: release }
    return answerStart(deps, c, await start(deps, c, { ...request, kind: 'rollback', server, settings, definition }))
  })

  app.openapi(listDeployments, async (c) => {
    const { application } = c.req.valid('param')
    return c.json(await pageOf(deps, { ...c.req.valid('query'), application, kind: 'deployment' }), 200)
  })

  app.openapi(listRollbacks, async (c) => {
    const { application } = c.req.valid('param')
    return c.json(await pageOf(deps, { ...c.req.valid('query'), application, kind: 'rollback' }), 200)
  })

  app.openapi(listReleases, async (c) => {
    const { application } = c.req.valid('param')
    const { server, limit } = c.req.valid('query')
    const serverId = server === undefined ? undefined : (await serverOf(deps, server)).id
    const found = await deps.store.releases.list({ application, serverId, limit })
    return c.json({ items: found.map((release) => present(Release, release)) }, 200)
  })
}

type Starting = {
  readonly kind: 'deployment' | 'rollback'
  readonly server: Server
  readonly settings: DeploymentSettings
  readonly definition: Application
  readonly dryRun: boolean
}

/** The history has the name alone; the definition is stored with the operation. */
function start(deps: Deps, c: Request, { kind, server, settings, definition, dryRun: isDry }: Starting) {
  const title = deploymentTitle(kind, settings, server.name)
  const ref = { id: server.id, name: server.name }
  if (isDry)
    return startOperation(deps, c, {
      kind: 'preview',
      server,
      title: `Plan: ${title}`,
      work: { server: ref, of: { kind, settings } },
      input: { of: { kind, settings }, definition },
    })
  return startOperation(deps, c, {
    kind,
    server,
    title,
    // One of them an application and server at a time (spec DEPLOY-11).
    workflowId: `deployment/${settings.application}/${server.id}`,
    work: { server: ref, settings },
    input: { settings, definition },
  })
}

function whereTo({ server, definition }: z.infer<typeof DeploymentRequest>): string {
  const [host, ...others] = definition.hosts
  if (server !== undefined) return server
  if (host === undefined) throw invalid('server', 'is needed, because the definition names no hosts')
  if (others.length > 0) throw invalid('server', 'is needed, because the definition names several hosts')
  return host
}

function mustBeReady(c: Request, server: Server): void {
  c.get('audit').serverId = server.id
  if (!server.setupComplete) throw notSetUp(server.name)
  if (server.maintenance)
    throw conflict(
      `${server.name} is in maintenance.`,
      'End it first: PATCH /v1/servers/{server} with maintenance false.',
    )
}

/** What was asked for now is what runs, also when a secret gets another value meanwhile; and a rollback brings the old one back. */
async function withPinnedSecrets(deps: Deps, c: Request, definition: Application): Promise<Application> {
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

async function whereItServes(deps: Deps, application: string): Promise<string> {
  const found = await deps.store.releases.list({ application, limit: 1_000 })
  const servers = [...new Set(found.map(({ server }) => server.id))]
  const [only, ...others] = servers
  if (only === undefined)
    throw notFound(`Nothing is known of an application ${application}.`, '`drydock deploy FILE` brings one.')
  if (others.length > 0) throw invalid('server', `is needed, because ${application} serves on several`)
  return only
}

async function releaseToGoTo(
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
