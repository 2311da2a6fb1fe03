import { z } from '@hono/zod-openapi'
import { ConfigurationValidation, validateConfiguration } from '../schema/configuration-validation.ts'
import { failed, passed, Prerequisite, prerequisitesInRecord } from '../schema/prerequisites.ts'
import { isReadyForDeployment } from '../schema/server.ts'
import { connectionTestAction } from './connection-tests.ts'
import type { Api, Deps } from './context.ts'
import { ServerParam, serverOf } from './parameters.ts'
import { outside, present } from './present.ts'
import { json, route } from './route.ts'

const Readiness = z
  .object({
    server_id: z.string(),
    setup_complete: z.boolean(),
    security_locked: z.boolean(),
    ready: z.boolean().describe('Set up and locked'),
    connection_healthy: z.boolean().nullable().describe('By the last connection test; null before the first'),
    last_checked: z.string().nullable(),
    checks: z.array(outside(Prerequisite, 'Prerequisite')).describe('Each thing, why it is not so, and what to do'),
  })
  .openapi('Readiness')

const readiness = route({
  method: 'get',
  path: '/v1/servers/{server}/readiness',
  role: 'viewer',
  tags: ['servers'],
  summary: 'Whether a server is ready for deployments',
  request: { params: ServerParam },
  responses: { 200: json(Readiness, 'Whether it is') },
})

const validation = route({
  method: 'get',
  path: '/v1/servers/{server}/configuration-validation',
  role: 'viewer',
  tags: ['servers'],
  summary: "Check a server's record: its fields, its flags, and whether they fit each other",
  request: { params: ServerParam },
  responses: { 200: json(outside(ConfigurationValidation, 'ConfigurationValidation'), 'What was found') },
})

/** What can be said of a server from its record and its last connection test (spec API-13, API-16). */
export function readinessOfServers(app: Api, deps: Deps): void {
  app.openapi(readiness, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    const filters = { server: server.id, action: connectionTestAction, success: true }
    const [last] = await deps.store.audit.list({ filters, limit: 1 })
    const healthy = last ? last.parameters.status === 'healthy' : null
    const body = {
      server_id: server.id,
      setup_complete: server.setupComplete,
      security_locked: server.securityLocked,
      ready: isReadyForDeployment(server),
      connection_healthy: healthy,
      last_checked: last?.at ?? null,
      checks: [...prerequisitesInRecord(server), ofConnection(server.name, healthy)],
    }
    return c.json(body, 200)
  })

  app.openapi(validation, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    return c.json(present(ConfigurationValidation, validateConfiguration(server, new Date())), 200)
  })
}

function ofConnection(server: string, healthy: boolean | null): Prerequisite {
  if (healthy === true) return passed('connection', 'Its last connection test found it healthy.')
  const next = `Test it: \`drydock server test ${server}\`.`
  return healthy === false
    ? failed('connection', 'Its last connection test found it not healthy.', next)
    : { kind: 'connection', result: 'unknown', because: 'Its connection was never tested.', next }
}
