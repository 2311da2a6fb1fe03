import { type JournalRequest, JournalSettings } from '../schema/journal.ts'
import { journalTitle } from '../schema/titles.ts'
import type { Api, Deps } from './context.ts'
import { listOfServer } from './operations-of-server.ts'
import { Started } from './operation-view.ts'
import { StartHeaders, serverOf } from './parameters.ts'
import { absorb, outside } from './present.ts'
import { notSetUp } from './problem.ts'
import { json, route } from './route.ts'
import { startOperation } from './start-operation.ts'
import { answerStart } from './started.ts'
import { ServiceParam } from './units.ts'

const start = route({
  method: 'post',
  path: '/v1/servers/{server}/services/{service}/journals',
  role: 'operator',
  audit: { action: 'journal' },
  tags: ['services'],
  summary:
    'Read or follow the journal of a service: its lines are the output of the operation, at `/output` while they come',
  request: {
    params: ServiceParam,
    headers: StartHeaders,
    body: json(outside(JournalSettings, 'JournalRequest'), '`{}` reads the last 100 lines'),
  },
  responses: {
    200: json(Started, 'Ended within the time that was preferred; `command` has the lines'),
    202: json(Started, 'Started'),
  },
  problems: {
    400: "The server is not set up yet, and the application user's own systemd was asked for",
    409: 'The Idempotency-Key was used for another request',
  },
})

/** Journals of services (spec SVC-3). */
export function journals(app: Api, deps: Deps): void {
  app.openapi(start, async (c) => {
    const { server: named, service } = c.req.valid('param')
    const server = await serverOf(deps, named)
    const settings: JournalRequest = { service, ...absorb(JournalSettings, c.req.valid('json')) }
    Object.assign(c.get('audit'), { serverId: server.id, parameters: { service, follow: settings.follow } })
    if (settings.scope === 'user' && !server.setupComplete) throw notSetUp(server.name)
    const begun = startOperation(deps, c, {
      kind: 'journal',
      server,
      title: journalTitle(settings, server.name),
      work: { server: { id: server.id, name: server.name }, settings },
      input: { settings },
    })
    return answerStart(deps, c, await begun)
  })

  listOfServer(app, deps, {
    path: '/v1/servers/{server}/journals',
    tag: 'services',
    summary: 'List the readings of journals of a server, newest first',
    kind: 'journal',
  })
}
