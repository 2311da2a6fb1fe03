import { z } from '@hono/zod-openapi'
import { ConnectionTest } from '../schema/connection-test.ts'
import type { ConnectionTestInput } from '../schema/start.ts'
import type { Api, Deps } from './context.ts'
import { ServerParam, serverOf } from './parameters.ts'
import { PoolSummary, summarisePools } from './pool.ts'
import { outside, present } from './present.ts'
import { json, route } from './route.ts'
import { shortRead } from './short-read.ts'

export const connectionTestAction = 'connection_test'

const View = ConnectionTest.extend({ pool: PoolSummary, connectionHealth: z.string() })

const test = route({
  method: 'post',
  path: '/v1/servers/{server}/connection-tests',
  role: 'operator',
  audit: { action: connectionTestAction },
  tags: ['servers'],
  summary: 'Try the port, the host key, the log-ins and sudo of a server, with fresh connections',
  request: { params: ServerParam },
  responses: { 200: json(outside(View, 'ConnectionTest'), 'What was tried, and what came of it') },
  problems: { 502: 'The host cannot be reached', 504: 'The test did not end in time' },
})

/** Connection tests (spec API-4): the answer waits for the test. */
export function connectionTests(app: Api, deps: Deps): void {
  app.openapi(test, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    const audit = c.get('audit')
    audit.serverId = server.id
    const input: ConnectionTestInput = {
      server: { id: server.id, name: server.name },
      correlationId: c.get('correlationId'),
    }
    const tested = await shortRead(deps, {
      workflow: 'connectionTest',
      idPrefix: 'connection-test',
      summary: `Connection test of ${server.name}`,
      input,
      answer: ConnectionTest,
      limitMs: 90_000,
    })
    audit.parameters = { status: tested.status, success: tested.success }
    const passed = tested.checks.filter((check) => check.success).length
    return c.json(
      present(View, {
        ...tested,
        connectionHealth: `${tested.status}: ${passed} of ${tested.checks.length} checks passed`,
        pool: summarisePools(await deps.poolReports()),
      }),
      200,
    )
  })
}
