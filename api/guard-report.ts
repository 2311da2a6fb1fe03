import { z } from '@hono/zod-openapi'
import { GuardReport } from '../schema/guard-report.ts'
import type { Api, Deps } from './context.ts'
import { moment, serverOf } from './parameters.ts'
import { outside, present } from './present.ts'
import { json, route } from './route.ts'

const show = route({
  method: 'get',
  path: '/v1/guard-report',
  role: 'viewer',
  tags: ['approvals'],
  summary:
    'What the guard stopped and what became of it: by type, server, device, person, outcome, and the time to confirm',
  request: {
    query: z.object({ server: z.string().min(1).max(253).optional(), from: moment, to: moment }),
  },
  responses: { 200: json(outside(GuardReport, 'GuardReport'), 'The counts') },
  problems: { 404: 'There is no such server' },
})

/** Reports over what the guard stopped (spec GUARD-31). */
export function guardReports(app: Api, deps: Deps): void {
  app.openapi(show, async (c) => {
    const { server, from, to } = c.req.valid('query')
    const id = server === undefined ? undefined : (await serverOf(deps, server)).id
    return c.json(present(GuardReport, await deps.store.guardReport({ server: id, from, to })), 200)
  })
}
