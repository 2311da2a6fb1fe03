import { z } from '@hono/zod-openapi'
import { LockdownSettings } from '../schema/lockdown.ts'
import type { Server } from '../schema/server.ts'
import { LockdownRequest } from '../schema/start.ts'
import type { Api, Deps, Request } from './context.ts'
import { listOfServer } from './operations-of-server.ts'
import { Started } from './operation-view.ts'
import { ServerParam, StartHeaders, serverOf } from './parameters.ts'
import { absorb, outside } from './present.ts'
import { notSetUp } from './problem.ts'
import { json, route } from './route.ts'
import { startOperation } from './start-operation.ts'
import { startPreview } from './start-preview.ts'
import { answerStart } from './started.ts'

const start = route({
  method: 'post',
  path: '/v1/servers/{server}/lockdowns',
  role: 'operator',
  audit: { action: 'lockdown' },
  tags: ['lockdown'],
  summary: 'Make a prepared server safe without locking anybody out; or plan it only, with `dry_run`',
  request: {
    params: ServerParam,
    headers: StartHeaders,
    body: json(outside(LockdownRequest, 'LockdownRequest'), 'What to bring about; `{}` takes the defaults'),
  },
  responses: {
    200: json(Started, 'Ended within the time that was preferred'),
    202: json(Started, 'Started'),
  },
  problems: {
    400: 'The server is not set up yet',
    409: 'A lockdown of this server is running, or the Idempotency-Key was used for another request',
  },
})

/** Lockdown (spec LOCK-1). A server that is locked already may be locked down again: what is so already stays so. */
export function lockdowns(app: Api, deps: Deps): void {
  app.openapi(start, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    c.get('audit').serverId = server.id
    if (!server.setupComplete) throw notSetUp(server.name)
    const { dry_run: dryRun, ...settings } = absorb(LockdownRequest, c.req.valid('json'))
    const begun = dryRun
      ? startPreview(deps, c, {
          server,
          title: `Plan the lockdown of ${server.name}`,
          of: { kind: 'lockdown', settings },
        })
      : startLockdown(deps, c, { server, settings })
    return answerStart(deps, c, await begun)
  })

  listOfServer(app, deps, {
    path: '/v1/servers/{server}/lockdowns',
    tag: 'lockdown',
    summary: 'List the lockdowns of a server, newest first',
    kind: 'lockdown',
  })
}

/** What is stored of a lockdown's request: a resumption takes it from there. */
export const StoredLockdown = z.object({ settings: LockdownSettings })

export const startLockdown = (
  deps: Deps,
  c: Request,
  { server, settings, resumes }: { server: Server; settings: LockdownSettings; resumes?: string },
) =>
  startOperation(deps, c, {
    kind: 'lockdown',
    server,
    title: `Lock down ${server.name}`,
    workflowId: `lockdown/${server.id}`,
    work: { server: { id: server.id, name: server.name }, settings },
    input: { settings },
    exclusive: true,
    resumes,
    details: resumes === undefined ? undefined : `Continues operation ${resumes}.`,
  })
