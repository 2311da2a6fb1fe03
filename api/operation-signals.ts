import { z } from '@hono/zod-openapi'
import { hasEnded } from '../schema/operation.ts'
import { Signal } from '../schema/signal.ts'
import type { SendSignal } from '../schema/start.ts'
import type { Operation } from '../store/index.ts'
import { type Api, actorOf, type Deps } from './context.ts'
import { withLiveState } from './operation-state.ts'
import { OperationView, presentOperation } from './operation-view.ts'
import { OperationParam, operationOf } from './parameters.ts'
import { conflict } from './problem.ts'
import { json, route } from './route.ts'
import { tellWorkflow } from './tell-workflow.ts'

const send = route({
  method: 'post',
  path: '/v1/operations/{id}/signals',
  role: 'operator',
  audit: { action: 'operation.signal' },
  tags: ['operations'],
  summary:
    'Send a signal to the processes of the command that runs; the operation goes on and ends as the command does',
  request: {
    params: OperationParam,
    body: json(z.strictObject({ signal: Signal }).openapi('SignalRequest'), 'TERM, or KILL'),
  },
  responses: {
    202: json(
      z.object({ operation: OperationView }).openapi('Signalled'),
      'On its way; an event of the operation says how many processes took it',
    ),
  },
  problems: { 409: 'It runs no command at this moment; the answer says what it is doing' },
})

/** Signals for running commands (spec EXEC-6). Ending an operation for certain is its cancellation. */
export function operationSignals(app: Api, deps: Deps): void {
  app.openapi(send, async (c) => {
    const { signal } = c.req.valid('json')
    const stored = await operationOf(deps, c.req.valid('param').id)
    Object.assign(c.get('audit'), { operationId: stored.id, serverId: stored.server?.id, parameters: { signal } })
    const [operation, runs] = await Promise.all([withLiveState(deps, stored), deps.store.runs.ofOperation(stored.id)])
    if (hasEnded(operation.state) || runs.every((run) => run.end !== null)) throw runsNothing(operation)
    const message: SendSignal = { operationId: operation.id, signal, by: actorOf(c).name }
    if (!(await tellWorkflow(deps, operation, 'sendSignal', message)))
      throw runsNothing(await withLiveState(deps, operation))
    return c.json({ operation: presentOperation(deps.settings, operation) }, 202)
  })
}

function runsNothing({ id, state, reason, detail }: Operation) {
  if (hasEnded(state)) return conflict(`Operation ${id} has ended (${state}).`, null)
  const doing = [state.replaceAll('_', ' '), reason, detail].filter(Boolean).join(': ')
  return conflict(
    `Operation ${id} runs no command at this moment; it is ${doing}.`,
    'Send it once a command runs, or cancel the operation.',
  )
}
