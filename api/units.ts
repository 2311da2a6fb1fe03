import { z } from '@hono/zod-openapi'
import { UnitName } from '../schema/lockdown.ts'
import type { UnitListInput, UnitShowInput } from '../schema/start.ts'
import { UnitDetails, UnitRow, UnitScope, wholeUnitName } from '../schema/unit.ts'
import type { Api, Deps } from './context.ts'
import { ServerParam, serverOf } from './parameters.ts'
import { outside, present } from './present.ts'
import { notFound, notSetUp } from './problem.ts'
import { json, route } from './route.ts'
import { shortRead } from './short-read.ts'

/** What a request is told where the server, and not the API, is what fails. */
export const hostProblems = {
  400: "The server is not set up yet, and the application user's own systemd was asked for",
  401: "No valid bearer token, or the server refused Drydock's log-in",
  502: 'The host cannot be reached',
  504: 'The host did not answer in time',
}

export const ServiceParam = ServerParam.extend({
  service: UnitName.describe('A unit of systemd; without a suffix, a service, such as nginx'),
})

const scope = UnitScope.default('system').describe("`user`: the application user's own systemd")
const Rows = z.object({ items: z.array(outside(UnitRow, 'ServiceRow')) }).openapi('Services')

const list = route({
  method: 'get',
  path: '/v1/servers/{server}/services',
  role: 'viewer',
  tags: ['services'],
  summary: 'List the services of a server, or its units of another type, whether they run or not',
  request: {
    params: ServerParam,
    query: z.object({
      type: z.enum(['service', 'socket', 'timer', 'path', 'mount', 'target']).default('service'),
      state: z
        .enum(['active', 'inactive', 'failed', 'activating', 'deactivating', 'reloading'])
        .optional()
        .openapi({ description: 'Only those' }),
      scope,
    }),
  },
  responses: { 200: json(Rows, 'By name') },
  problems: hostProblems,
})

const show = route({
  method: 'get',
  path: '/v1/servers/{server}/services/{service}',
  role: 'viewer',
  tags: ['services'],
  summary: 'Show a service: its state, process, memory, restarts, files, and what depends on it',
  request: { params: ServiceParam, query: z.object({ scope }) },
  responses: { 200: json(outside(UnitDetails, 'Service'), 'As systemd tells of it now') },
  problems: hostProblems,
})

/** Services as systemd tells of them (spec SVC-2, SVC-6): the answer waits for the host. */
export function units(app: Api, deps: Deps): void {
  app.openapi(list, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    const { type, state, scope: whose } = c.req.valid('query')
    if (whose === 'user' && !server.setupComplete) throw notSetUp(server.name)
    const input: UnitListInput = {
      server: { id: server.id, name: server.name },
      type,
      scope: whose,
      correlationId: c.get('correlationId'),
    }
    const rows = await shortRead(deps, {
      workflow: 'unitList',
      idPrefix: 'service-list',
      summary: `List of the services of ${server.name}`,
      input,
      answer: z.array(UnitRow),
      limitMs: 90_000,
    })
    const wanted = rows.filter(({ active }) => state === undefined || active === state)
    return c.json({ items: wanted.map((row) => present(UnitRow, row)) }, 200)
  })

  app.openapi(show, async (c) => {
    const { server: named, service } = c.req.valid('param')
    const server = await serverOf(deps, named)
    const { scope: whose } = c.req.valid('query')
    if (whose === 'user' && !server.setupComplete) throw notSetUp(server.name)
    const input: UnitShowInput = {
      server: { id: server.id, name: server.name },
      unit: wholeUnitName(service),
      scope: whose,
      correlationId: c.get('correlationId'),
    }
    const details = await shortRead(deps, {
      workflow: 'unitShow',
      idPrefix: 'service',
      summary: `Look at ${service} on ${server.name}`,
      input,
      answer: UnitDetails,
      limitMs: 90_000,
    })
    if (details.load === 'not-found')
      throw notFound(
        `There is no unit ${input.unit} on ${server.name}.`,
        `\`drydock service list ${server.name}\` and GET /v1/servers/${server.name}/services show them.`,
      )
    return c.json(present(UnitDetails, details), 200)
  })
}
