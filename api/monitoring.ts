import { type Audit, isCriticalIssue, Monitoring, MonitoringRequest } from '../schema/audit.ts'
import { hasEnded } from '../schema/operation.ts'
import type { Server } from '../schema/server.ts'
import type { Cancel } from '../schema/start.ts'
import type { Operation } from '../store/index.ts'
import { type Api, actorOf, type Deps } from './context.ts'
import { withLiveState } from './operation-state.ts'
import { presentOperation, Started } from './operation-view.ts'
import { ServerParam, StartHeaders, serverOf } from './parameters.ts'
import { absorb, outside, present } from './present.ts'
import { notFound } from './problem.ts'
import { json, route } from './route.ts'
import { startOperation } from './start-operation.ts'
import { answerStart } from './started.ts'
import { tellWorkflow } from './tell-workflow.ts'

const path = '/v1/servers/{server}/monitoring'

const start = route({
  method: 'post',
  path,
  role: 'operator',
  audit: { action: 'monitoring' },
  tags: ['audits'],
  summary: 'Audit a server again and again, sooner while something critical is open, and tell people of what is new',
  request: {
    params: ServerParam,
    headers: StartHeaders,
    body: json(outside(MonitoringRequest, 'MonitoringRequest'), 'What to look at each time, and what follows a drift'),
  },
  responses: { 200: json(Started, 'Ended already'), 202: json(Started, 'Started; it goes on until it is ended') },
  problems: { 409: 'This server is monitored already, or the Idempotency-Key was used for another request' },
})

const show = route({
  method: 'get',
  path,
  role: 'viewer',
  tags: ['audits'],
  summary: 'Show whether a server is monitored, its newest audit, and what is critical in it',
  request: { params: ServerParam },
  responses: { 200: json(outside(Monitoring, 'Monitoring'), 'How it stands') },
})

const end = route({
  method: 'delete',
  path,
  role: 'operator',
  audit: { action: 'monitoring.end' },
  tags: ['audits'],
  summary: 'End the monitoring of a server',
  request: { params: ServerParam },
  responses: { 202: json(Started, 'Asked to end') },
})

/** Monitoring of a server's safety (spec AUDIT-5, API-8): a durable operation that audits, waits, and audits again. */
export function monitoring(app: Api, deps: Deps): void {
  app.openapi(start, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    c.get('audit').serverId = server.id
    const request = absorb(MonitoringRequest, c.req.valid('json'))
    const begun = await startOperation(deps, c, {
      kind: 'monitoring',
      server,
      title: `Watch over ${server.name}`,
      workflowId: `monitoring/${server.id}`,
      work: { server: { id: server.id, name: server.name }, request },
      input: request,
      exclusive: true,
    })
    return answerStart(deps, c, begun)
  })

  app.openapi(show, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    const operation = await runningFor(deps, server)
    const audit = await deps.store.audits.latest({
      serverId: server.id,
      ...(operation === null ? {} : { operationId: operation.id }),
    })
    return c.json(present(Monitoring, stand(server, operation, audit)), 200)
  })

  app.openapi(end, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    c.get('audit').serverId = server.id
    const operation = await runningFor(deps, server)
    if (operation === null || !(await askToEnd(deps, operation, actorOf(c).name)))
      throw notFound(`${server.name} is not monitored.`, `POST /v1/servers/${server.name}/monitoring starts it.`)
    c.get('audit').operationId = operation.id
    return c.json({ operation: presentOperation(deps.settings, operation) }, 202)
  })
}

const askToEnd = (deps: Deps, { id, workflowId }: Operation, by: string): Promise<boolean> => {
  const message: Cancel = { operationId: id, by }
  return tellWorkflow(deps, { workflowId }, 'cancel', message)
}

async function runningFor(deps: Deps, server: Server): Promise<Operation | null> {
  const stored = await deps.store.operations.openFor({ serverId: server.id, kind: 'monitoring' })
  if (stored === null) return null
  const operation = await withLiveState(deps, stored)
  return hasEnded(operation.state) ? null : operation
}

function stand(server: Server, operation: Operation | null, audit: Audit | null): Monitoring {
  const critical = audit?.auditResult.filter(isCriticalIssue) ?? []
  const isOn = operation !== null
  return {
    server: { id: server.id, name: server.name },
    operation: operation?.id ?? null,
    message: whatItSays(server, isOn, audit, critical.length),
    monitoringLevel: isOn ? (critical.length > 0 ? 'elevated' : 'normal') : 'off',
    auditResult: audit,
    criticalIssues: critical,
    securityAlerts: critical.map(({ id, severity, title, evidence }) => ({
      id,
      severity,
      message: `Not so: ${title}. ${evidence}`,
    })),
    nextAudit: isOn ? (audit?.nextAuditDue ?? null) : null,
    at: new Date().toISOString(),
  }
}

function whatItSays(server: Server, isOn: boolean, audit: Audit | null, critical: number): string {
  const watched = isOn ? `${server.name} is monitored` : `${server.name} is not monitored`
  if (audit === null) return `${watched}; there is no audit yet.`
  if (critical === 0) return `${watched}; nothing critical is open.`
  return `${watched}; ${critical} critical ${critical === 1 ? 'issue is' : 'issues are'} open.`
}
