import { z } from '@hono/zod-openapi'
import type { Server } from '../schema/server.ts'
import { type OnFailure, SetupRequest } from '../schema/start.ts'
import type { SetupSettings } from '../schema/setup.ts'
import type { Api, Deps, Request } from './context.ts'
import { listOfServer } from './operations-of-server.ts'
import { Started } from './operation-view.ts'
import { ServerParam, StartHeaders, serverOf } from './parameters.ts'
import { absorb, outside } from './present.ts'
import { json, route } from './route.ts'
import { startOperation } from './start-operation.ts'
import { startPreview } from './start-preview.ts'
import { answerStart } from './started.ts'

const start = route({
  method: 'post',
  path: '/v1/servers/{server}/setups',
  role: 'operator',
  audit: { action: 'setup' },
  tags: ['setup'],
  summary: 'Prepare a server: application user, keys, directories, sudo, packages; or plan it only, with `dry_run`',
  request: {
    params: ServerParam,
    headers: StartHeaders,
    body: json(outside(SetupRequest, 'SetupRequest'), 'What to bring about; `{}` takes the defaults'),
  },
  responses: {
    200: json(Started, 'Ended within the time that was preferred'),
    202: json(Started, 'Started'),
  },
  problems: { 409: 'A setup of this server is running, or the Idempotency-Key was used for another request' },
})

/** Setup (spec API-6, SETUP-1). */
export function setups(app: Api, deps: Deps): void {
  app.openapi(start, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    c.get('audit').serverId = server.id
    const { dry_run: dryRun, on_failure: onFailure, ...settings } = absorb(SetupRequest, c.req.valid('json'))
    const begun = dryRun
      ? startPreview(deps, c, { server, title: `Plan the setup of ${server.name}`, of: { kind: 'setup', settings } })
      : startSetup(deps, c, { server, settings, onFailure })
    return answerStart(deps, c, await begun)
  })

  listOfServer(app, deps, {
    path: '/v1/servers/{server}/setups',
    tag: 'setup',
    summary: 'List the setups of a server, newest first',
    kind: 'setup',
  })
}

/** What is stored of a setup's request: a resumption takes it from there. */
export const StoredSetup = z.object({
  settings: z.custom<SetupSettings>((value) => typeof value === 'object'),
  onFailure: z.enum(['undo', 'keep']),
})

export const startSetup = (
  deps: Deps,
  c: Request,
  o: { server: Server; settings: SetupSettings; onFailure: OnFailure; resumes?: string },
) =>
  startOperation(deps, c, {
    kind: 'setup',
    server: o.server,
    title: `Set up ${o.server.name}`,
    workflowId: `setup/${o.server.id}`,
    work: { server: { id: o.server.id, name: o.server.name }, settings: o.settings, onFailure: o.onFailure },
    input: { settings: o.settings, onFailure: o.onFailure },
    exclusive: true,
    resumes: o.resumes,
    details: o.resumes ? `Continues operation ${o.resumes}.` : undefined,
  })
