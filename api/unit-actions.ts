import type { Server } from '../schema/server.ts'
import { UnitActionRequest } from '../schema/start.ts'
import type { UnitActionSettings } from '../schema/unit.ts'
import { actionTitle } from '../schema/titles.ts'
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

const path = '/v1/servers/{server}/service-actions'

const start = route({
  method: 'post',
  path,
  role: 'operator',
  audit: { action: 'service_action' },
  tags: ['services'],
  summary:
    'Start, stop, restart, reload, enable or disable a service and wait for the state that is wanted; or plan it only, with `dry_run`',
  request: {
    params: ServerParam,
    headers: StartHeaders,
    body: json(outside(UnitActionRequest, 'ServiceActionRequest'), 'Which service, and what to do to it'),
  },
  responses: {
    200: json(Started, 'Ended within the time that was preferred'),
    202: json(Started, 'Started'),
  },
  problems: {
    400: "The server is not set up yet, and the application user's own systemd was asked for",
    409: 'The Idempotency-Key was used for another request',
  },
})

/** Service actions (spec SVC-1): several may wait for their turn on one server. */
export function unitActions(app: Api, deps: Deps): void {
  app.openapi(start, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    const { dryRun, ...settings } = absorb(UnitActionRequest, c.req.valid('json'))
    Object.assign(c.get('audit'), { serverId: server.id, parameters: settings })
    if (settings.scope === 'user' && !server.setupComplete) throw notSetUp(server.name)
    const begun = dryRun
      ? startPreview(deps, c, {
          server,
          title: `Plan: ${actionTitle(settings, server.name)}`,
          of: { kind: 'service_action', settings },
        })
      : startAction(deps, c, server, settings)
    return answerStart(deps, c, await begun)
  })

  listOfServer(app, deps, {
    path,
    tag: 'services',
    summary: 'List the service actions of a server, newest first',
    kind: 'service_action',
  })
}

const startAction = (deps: Deps, c: Request, server: Server, settings: UnitActionSettings) =>
  startOperation(deps, c, {
    kind: 'service_action',
    server,
    title: actionTitle(settings, server.name),
    work: { server: { id: server.id, name: server.name }, settings },
    input: { settings },
  })
