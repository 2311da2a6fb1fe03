import type { LockdownRevertSettings } from '../schema/lockdown.ts'
import type { Server } from '../schema/server.ts'
import { LockdownRevertRequest } from '../schema/start.ts'
import type { Api, Deps, Request } from './context.ts'
import { listOfServer } from './operations-of-server.ts'
import { Started } from './operation-view.ts'
import { ServerParam, StartHeaders, serverOf } from './parameters.ts'
import { absorb, outside } from './present.ts'
import { notReady } from './problem.ts'
import { json, route } from './route.ts'
import { startOperation } from './start-operation.ts'
import { startPreview } from './start-preview.ts'
import { answerStart } from './started.ts'

const start = route({
  method: 'post',
  path: '/v1/servers/{server}/lockdown-reverts',
  role: 'operator',
  audit: { action: 'lockdown_revert' },
  tags: ['lockdown'],
  summary:
    'Take the lockdown of a server back, from the state that was saved before it; or plan it only, with `dry_run`',
  request: {
    params: ServerParam,
    headers: StartHeaders,
    body: json(outside(LockdownRevertRequest, 'LockdownRevertRequest'), '`{}` takes the defaults'),
  },
  responses: {
    200: json(Started, 'Ended within the time that was preferred'),
    202: json(Started, 'Started; it waits for a person, because it lets root and passwords in again'),
  },
  problems: {
    400: 'The server is not locked',
    409: 'A revert of this server is running, or the Idempotency-Key was used for another request',
  },
})

/** The way back from a lockdown (spec LOCK-11). */
export function lockdownReverts(app: Api, deps: Deps): void {
  app.openapi(start, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    c.get('audit').serverId = server.id
    if (!server.securityLocked)
      throw notReady(
        `${server.name} is not locked.`,
        `GET /v1/servers/${server.name}/lockdowns says what was done to it.`,
      )
    const { dry_run: dryRun, ...settings } = absorb(LockdownRevertRequest, c.req.valid('json'))
    const begun = dryRun
      ? startPreview(deps, c, {
          server,
          title: `Plan the revert of the lockdown of ${server.name}`,
          of: { kind: 'lockdown_revert', settings },
        })
      : startRevert(deps, c, server, settings)
    return answerStart(deps, c, await begun)
  })

  listOfServer(app, deps, {
    path: '/v1/servers/{server}/lockdown-reverts',
    tag: 'lockdown',
    summary: 'List the reverts of lockdowns of a server, newest first',
    kind: 'lockdown_revert',
  })
}

const startRevert = (deps: Deps, c: Request, server: Server, settings: LockdownRevertSettings) =>
  startOperation(deps, c, {
    kind: 'lockdown_revert',
    server,
    title: `Take back the lockdown of ${server.name}`,
    workflowId: `lockdown-revert/${server.id}`,
    work: { server: { id: server.id, name: server.name }, settings },
    input: { settings },
    exclusive: true,
  })
