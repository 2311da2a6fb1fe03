import { z } from '@hono/zod-openapi'
import { Audit, CheckId, ProfileName } from '../schema/audit.ts'
import type { Api, Deps } from './context.ts'
import { ServerParam, serverOf } from './parameters.ts'
import { outside, present } from './present.ts'
import { notFound } from './problem.ts'
import { json, route } from './route.ts'

const Assessment = Audit.extend({
  complianceStatus: z
    .record(CheckId, z.enum(['pass', 'fail']))
    .describe('each rule that could be judged; a warning is no pass'),
})

const show = route({
  method: 'get',
  path: '/v1/servers/{server}/assessment',
  role: 'viewer',
  tags: ['audits'],
  summary: 'Show how far a server holds to a profile, by its newest audit',
  request: { params: ServerParam, query: z.object({ profile: ProfileName.default('baseline') }) },
  responses: { 200: json(outside(Assessment, 'Assessment'), 'The newest audit of the profile, rule by rule') },
})

/** The assessment of a server (spec AUDIT-3): its newest whole audit of a profile, with a verdict for each rule. */
export function assessment(app: Api, deps: Deps): void {
  app.openapi(show, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    const { profile } = c.req.valid('query')
    const audit = await deps.store.audits.latest({ serverId: server.id, profile })
    if (audit === null)
      throw notFound(
        `${server.name} has not been audited for the profile ${profile} yet.`,
        `Start an audit: POST /v1/servers/${server.name}/audits.`,
      )
    return c.json(present(Assessment, { ...audit, complianceStatus: rulesOf(audit) }), 200)
  })
}

const rulesOf = ({ auditResult }: Audit): Record<string, 'pass' | 'fail'> =>
  Object.fromEntries(
    auditResult.flatMap(({ id, status }) => (status === 'skipped' ? [] : [[id, status === 'pass' ? 'pass' : 'fail']])),
  )
