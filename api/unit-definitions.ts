import type { Server } from '../schema/server.ts'
import { UnitDefinitionRequest } from '../schema/start.ts'
import type { UnitDefinitionSettings } from '../schema/unit-definition.ts'
import { definitionTitle } from '../schema/titles.ts'
import type { Api, Deps, Request } from './context.ts'
import { listOfServer } from './operations-of-server.ts'
import { Started } from './operation-view.ts'
import { ServerParam, StartHeaders, serverOf } from './parameters.ts'
import { absorb, outside } from './present.ts'
import { json, route } from './route.ts'
import { startOperation } from './start-operation.ts'
import { startPreview } from './start-preview.ts'
import { answerStart } from './started.ts'

const path = '/v1/servers/{server}/service-definitions'

const start = route({
  method: 'post',
  path,
  role: 'operator',
  audit: { action: 'service_definition' },
  tags: ['services'],
  summary:
    'Bring a service to its definition: its unit file, checked before it is put in place, and how it runs; or plan it only, with `dry_run`',
  request: {
    params: ServerParam,
    headers: StartHeaders,
    body: json(outside(UnitDefinitionRequest, 'ServiceDefinitionRequest'), 'Which service, and what it is to be'),
  },
  responses: {
    200: json(Started, 'Ended within the time that was preferred'),
    202: json(Started, 'Started'),
  },
  problems: { 409: 'The Idempotency-Key was used for another request' },
})

/** Definitions of services (spec SVC-4). */
export function unitDefinitions(app: Api, deps: Deps): void {
  app.openapi(start, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    const { dryRun, ...settings } = absorb(UnitDefinitionRequest, c.req.valid('json'))
    Object.assign(c.get('audit'), { serverId: server.id, parameters: { service: settings.service } })
    const begun = dryRun
      ? startPreview(deps, c, {
          server,
          title: `Plan: ${definitionTitle(settings, server.name)}`,
          of: { kind: 'service_definition', settings },
        })
      : startDefinition(deps, c, server, settings)
    return answerStart(deps, c, await begun)
  })

  listOfServer(app, deps, {
    path,
    tag: 'services',
    summary: 'List the definitions that services of a server were brought to, newest first',
    kind: 'service_definition',
  })
}

const startDefinition = (deps: Deps, c: Request, server: Server, settings: UnitDefinitionSettings) =>
  startOperation(deps, c, {
    kind: 'service_definition',
    server,
    title: definitionTitle(settings, server.name),
    work: { server: { id: server.id, name: server.name }, settings },
    input: { settings },
  })
