import { z } from 'zod'
import { rollbackCommand } from '../guard/index.ts'
import { SealedCommand } from '../schema/start.ts'
import { type Api, actorOf, type Deps } from './context.ts'
import { endedOperation } from './operation-state.ts'
import { Started } from './operation-view.ts'
import { OperationParam, serverOf, StartHeaders } from './parameters.ts'
import { conflict } from './problem.ts'
import { rateCommand } from './rate.ts'
import { json, route } from './route.ts'
import { beginCommand } from './start-command.ts'

const takeBack = route({
  method: 'post',
  path: '/v1/operations/{id}/rollback',
  role: 'operator',
  audit: { action: 'operation.rollback' },
  tags: ['operations'],
  summary: 'Bring back what a confirmed command took, by the plan that was made before it ran: a new operation',
  request: { params: OperationParam, headers: StartHeaders },
  responses: {
    200: json(Started, 'Ended within the time that was preferred'),
    202: json(Started, 'Started; `blocked` says what a person must decide on first'),
  },
  problems: { 409: 'It has not run, or nothing can bring back what it took' },
})

const Kept = z.object({ asRoot: z.boolean().default(false) })

/** The way back of guarded commands (spec GUARD-29). It is a command like any other: the guard and the trail see it. */
export function operationRollbacks(app: Api, deps: Deps): void {
  app.openapi(takeBack, async (c) => {
    const operation = await endedOperation(deps, c, c.req.valid('param').id)
    const [approval, runs] = await Promise.all([
      deps.store.approvals.forOperation(operation.id),
      deps.store.runs.ofOperation(operation.id),
    ])
    if (runs.length === 0 || !operation.server) throw conflict(`Operation ${operation.id} has run nothing.`, null)
    const plan = approval?.assessment.rollback ?? null
    if (plan === null)
      throw conflict(
        `Nothing that is known brings back what operation ${operation.id} took.`,
        'Restore it from a backup.',
      )
    const server = await serverOf(deps, operation.server.id)
    const { asRoot } = Kept.parse(operation.input)
    const asked = SealedCommand.parse({ command: rollbackCommand(plan, operation.id), asRoot: asRoot || plan.saved })
    const assessment = rateCommand(deps, server, asked, actorOf(c).role)
    return beginCommand(deps, c, { server, asked, assessment, title: `Take back ${operation.title}` })
  })
}
