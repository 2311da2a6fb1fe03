import type { EndState } from '../schema/operation.ts'
import type { Api, Deps } from './context.ts'
import { endedOperation } from './operation-state.ts'
import { Started } from './operation-view.ts'
import { OperationParam, StartHeaders, serverOf } from './parameters.ts'
import { conflict, Refusal } from './problem.ts'
import { json, route } from './route.ts'
import { StoredSetup, startSetup } from './setups.ts'
import { answerStart } from './started.ts'

const resume = route({
  method: 'post',
  path: '/v1/operations/{id}/resumption',
  role: 'operator',
  audit: { action: 'operation.resume' },
  tags: ['operations'],
  summary: 'Continue a failed setup at the failed step, or plan a rolled back one again: a new operation',
  request: { params: OperationParam, headers: StartHeaders },
  responses: {
    200: json(Started, 'Ended within the time that was preferred'),
    202: json(Started, 'Started'),
  },
  problems: { 409: 'It has not ended, cannot be resumed, or another is running on its server' },
})

const resumable: readonly EndState[] = ['failed', 'rolled_back', 'rollback_failed', 'cancelled', 'unknown']

/** Resumption: design.md section 3. */
export function resumptions(app: Api, deps: Deps): void {
  app.openapi(resume, async (c) => {
    const operation = await endedOperation(deps, c, c.req.valid('param').id)
    const { state } = operation
    if (operation.kind !== 'setup' || !operation.server) {
      throw conflict(`A ${operation.kind} cannot be resumed.`, 'Start a new one.')
    }
    if (!resumable.includes(state))
      throw conflict(`Operation ${operation.id} is ${state}: nothing is left to resume.`, null)
    const input = StoredSetup.safeParse(operation.input)
    if (!input.success)
      throw new Refusal(409, 'CONFLICT', 'What it was asked for was not kept.', { suggestion: 'Start a new one.' })
    const server = await serverOf(deps, operation.server.id)
    return answerStart(deps, c, await startSetup(deps, c, { server, ...input.data, resumes: operation.id }))
  })
}
