import { z } from '@hono/zod-openapi'
import { Application, ApplicationName } from '../schema/application.ts'
import { Release, ReleaseName } from '../schema/deployment.ts'
import {
  mustBeReady,
  releaseToGoTo,
  serversFor,
  start,
  startOnMany,
  whereItServes,
  withPinnedSecrets,
} from './application-starts.ts'
import type { Api, Deps } from './context.ts'
import { OperationPage, pageOf } from './operations.ts'
import { Started } from './operation-view.ts'
import { Limit, StartHeaders, serverOf } from './parameters.ts'
import { absorb, outside, present } from './present.ts'
import { invalid } from './problem.ts'
import { json, route } from './route.ts'
import { answerStart } from './started.ts'

const ServerName = z.string().min(1).max(253)
const ApplicationParam = z.object({
  application: ApplicationName.meta({ description: "An application's name", example: 'shop' }),
})
const dryRun = z.boolean().default(false)

const DeploymentRequest = z.strictObject({
  definition: Application.describe('What its file declares'),
  server: ServerName.optional().describe('A name or id; without it, the `hosts` of the definition'),
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
    'Bring a release to one server, or as a parent to several: verified and unpacked beside the old one, switched by one rename, healthy or taken back; or plan it only, with `dry_run`',
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
    const [server, ...others] = await serversFor(deps, c, request)
    const definition = await withPinnedSecrets(deps, c, request.definition)
    const settings = { application, version: definition.version ?? null }
    if (others.length > 0) {
      const begun = startOnMany(deps, c, { servers: [server, ...others], settings, definition })
      return answerStart(deps, c, await begun)
    }
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
