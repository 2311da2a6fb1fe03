import { z } from '@hono/zod-openapi'
import { policyFor } from '../guard/index.ts'
import { Application, ApplicationName, typedIn } from '../schema/application.ts'
import type { Role } from '../schema/identity.ts'
import { failed, type Prerequisite, Prerequisites } from '../schema/prerequisites.ts'
import type { Server } from '../schema/server.ts'
import type { PrerequisitesInput } from '../schema/start.ts'
import { type Api, actorOf, type Deps } from './context.ts'
import { serverOf } from './parameters.ts'
import { absorb, outside, present } from './present.ts'
import { invalid } from './problem.ts'
import { json, route } from './route.ts'
import { shortRead } from './short-read.ts'
import { deploymentUnderWay } from './start-operation.ts'
import { hostProblems } from './units.ts'

const Question = z.strictObject({
  definition: Application.describe('What its file declares'),
  server: z.string().min(1).max(253).optional().describe('A name or id; without it, the only one of its `hosts`'),
})

const check = route({
  method: 'post',
  path: '/v1/applications/{application}/prerequisites',
  role: 'operator',
  audit: { action: 'deployment.prerequisites' },
  tags: ['deployments'],
  summary:
    'Look whether a deployment would be begun on a server now: each thing that it needs, why it fails, and what to do',
  request: {
    params: z.object({ application: ApplicationName.meta({ description: "An application's name", example: 'shop' }) }),
    body: json(outside(Question, 'PrerequisitesQuestion'), 'The application, and where'),
  },
  responses: { 200: json(outside(Prerequisites, 'Prerequisites'), 'What was seen; nothing was changed') },
  problems: { ...hostProblems, 400: 'The request cannot be read', 404: 'There is no such server' },
})

/** What a deployment needs (spec DEPLOY-7, API-14): the answer waits for the host. */
export function prerequisites(app: Api, deps: Deps): void {
  app.openapi(check, async (c) => {
    const { application } = c.req.valid('param')
    const { definition, server: named } = absorb(Question, c.req.valid('json'))
    if (definition.name !== application)
      throw invalid('definition.name', `is ${definition.name}, and the address says ${application}`)
    const [only, ...others] = named === undefined ? definition.hosts : [named]
    if (only === undefined || others.length > 0) throw invalid('server', 'is needed: one server is looked at')
    const server = await serverOf(deps, only)
    c.get('audit').serverId = server.id
    const input: PrerequisitesInput = {
      server: { id: server.id, name: server.name },
      application: outlineOf(definition),
      running: await runningThere(deps, application, server.id),
      correlationId: c.get('correlationId'),
    }
    const answer = await shortRead(deps, {
      workflow: 'prerequisites',
      idPrefix: 'prerequisites',
      summary: `Look at ${server.name} for ${application}`,
      input,
      answer: Prerequisites,
      limitMs: 90_000,
    })
    const whole = together(answer, refusedIn(deps, definition, server, actorOf(c).role))
    c.get('audit').parameters = { application, valid: whole.valid }
    return c.json(present(Prerequisites, whole), 200)
  })
}

/** What the lists of commands refuse when it is typed, they refuse in a hook or a health check (spec EXEC-8). */
const refusedIn = (deps: Deps, definition: Application, server: Server, role: Role): Prerequisite[] =>
  typedIn(definition).flatMap((command) => {
    const answer = policyFor({ command, lists: deps.settings.guard, server, role })
    if (answer.allowed) return []
    return [failed('guard', `${command.slice(0, 80)}: ${answer.because}`, 'Take it out of hooks and health checks.')]
  })

const together = (answer: Prerequisites, refused: readonly Prerequisite[]): Prerequisites => ({
  ...answer,
  valid: answer.valid && refused.length === 0,
  issues: [...answer.issues, ...refused.map(({ because }) => because)],
  checks: [...answer.checks, ...refused],
})

/** What of it decides whether it can be begun: values and texts of people have no business in a history. */
const outlineOf = ({ units, ...application }: Application): Application => ({
  ...application,
  units: units.map((unit) => (unit.file === undefined ? unit : { ...unit, file: '#' })),
  environment: {},
  hooks: { before: [], after: [] },
})

async function runningThere(deps: Deps, application: string, serverId: string): Promise<PrerequisitesInput['running']> {
  const running = await deploymentUnderWay(deps, { application, serverIds: [serverId] })
  return running && { id: running.id, title: running.title }
}
