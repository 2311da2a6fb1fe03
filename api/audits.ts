import { z } from '@hono/zod-openapi'
import { Audit, AuditRequest, AuditSummary, ProfileName } from '../schema/audit.ts'
import { renderAudit } from '../schema/audit-report.ts'
import type { Server } from '../schema/server.ts'
import type { Api, Deps, Request } from './context.ts'
import { Started } from './operation-view.ts'
import { Limit, page, ServerParam, StartHeaders, serverOf } from './parameters.ts'
import { absorb, outside, present } from './present.ts'
import { notFound } from './problem.ts'
import { json, route } from './route.ts'
import { startOperation } from './start-operation.ts'
import { answerStart } from './started.ts'

const AuditView = outside(Audit, 'Audit')
const AuditBody = outside(AuditRequest, 'AuditRequest')

const start = route({
  method: 'post',
  path: '/v1/servers/{server}/audits',
  role: 'operator',
  audit: { action: 'audit' },
  tags: ['audits'],
  summary: 'Look how safe a server is; changes nothing on it and waits for no lock',
  request: {
    params: ServerParam,
    headers: StartHeaders,
    body: json(AuditBody, 'What to look at; `{}` takes every check there is'),
  },
  responses: {
    200: json(Started, 'Ended within the time that was preferred; the audit has the id of the operation'),
    202: json(Started, 'Started; the audit will have the id of the operation'),
  },
  problems: { 409: 'An audit of this server is running, or the Idempotency-Key was used for another request' },
})

const list = route({
  method: 'get',
  path: '/v1/servers/{server}/audits',
  role: 'viewer',
  tags: ['audits'],
  summary: 'List the audits of a server, newest first, each with its change against the one before it',
  request: {
    params: ServerParam,
    query: z.object({ profile: ProfileName.optional(), limit: Limit, before: z.uuid().optional() }),
  },
  responses: {
    200: json(page(outside(AuditSummary, 'AuditSummary')).openapi('AuditPageOfServer'), 'A page of audits'),
  },
})

const show = route({
  method: 'get',
  path: '/v1/servers/{server}/audits/{id}',
  role: 'viewer',
  tags: ['audits'],
  summary: 'Show an audit, as JSON or as a report in Markdown',
  request: {
    params: ServerParam.extend({ id: z.uuid().openapi({ description: "An audit's id" }) }),
    query: z.object({ format: z.enum(['json', 'markdown']).default('json') }),
  },
  responses: {
    200: {
      description: 'The audit',
      content: { 'application/json': { schema: AuditView }, 'text/markdown': { schema: z.string() } },
    },
  },
})

/** Audits of servers (spec API-8, AUDIT-1 to AUDIT-8). Who did what is the audit trail, which is another thing. */
export function audits(app: Api, deps: Deps): void {
  app.openapi(start, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    c.get('audit').serverId = server.id
    return answerStart(deps, c, await startAudit(deps, c, server, absorb(AuditRequest, c.req.valid('json'))))
  })

  app.openapi(list, async (c) => {
    const { id: serverId } = await serverOf(deps, c.req.valid('param').server)
    const { limit, ...filter } = c.req.valid('query')
    const found = await deps.store.audits.list({ ...filter, serverId, limit: limit + 1 })
    const items = found.slice(0, limit).map((audit) => present(AuditSummary, audit))
    return c.json({ items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null }, 200)
  })

  app.openapi(show, async (c) => {
    const { server: name, id } = c.req.valid('param')
    const server = await serverOf(deps, name)
    const audit = await deps.store.audits.get({ serverId: server.id, id })
    if (audit === null)
      throw notFound(`There is no audit ${id} of ${server.name}.`, `GET /v1/servers/${server.name}/audits shows them.`)
    if (c.req.valid('query').format === 'json') return c.json(present(Audit, audit), 200)
    return c.body(renderAudit(audit), 200, { 'content-type': 'text/markdown; charset=utf-8' })
  })
}

const startAudit = (deps: Deps, c: Request, server: Server, request: AuditRequest) =>
  startOperation(deps, c, {
    kind: 'audit',
    server,
    title: `Audit ${server.name}`,
    workflowId: `audit/${server.id}`,
    work: { server: { id: server.id, name: server.name }, request },
    input: request,
    exclusive: true,
  })
