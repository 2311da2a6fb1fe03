import type { EndState } from '../schema/operation.ts'
import type { Server } from '../schema/server.ts'
import type { Operation } from '../store/index.ts'
import type { Api, Deps, Request } from './context.ts'
import { endedOperation } from './operation-state.ts'
import { Started } from './operation-view.ts'
import { OperationParam, StartHeaders, serverOf } from './parameters.ts'
import { startLockdown, StoredLockdown } from './lockdowns.ts'
import { conflict, notSetUp, Refusal } from './problem.ts'
import { json, route } from './route.ts'
import { StoredSetup, startSetup } from './setups.ts'
import { answerStart } from './started.ts'

const resume = route({
  method: 'post',
  path: '/v1/operations/{id}/resumption',
  role: 'operator',
  audit: { action: 'operation.resume' },
  tags: ['operations'],
  summary:
    'Continue a failed setup at the failed step; plan a rolled back one, or a lockdown, again and apply what is missing: a new operation',
  request: { params: OperationParam, headers: StartHeaders },
  responses: {
    200: json(Started, 'Ended within the time that was preferred'),
    202: json(Started, 'Started'),
  },
  problems: {
    400: 'The server is not set up yet, as a lockdown needs it',
    409: 'It has not ended, cannot be resumed, or another is running on its server',
  },
})

const resumable: readonly EndState[] = ['failed', 'rolled_back', 'rollback_failed', 'cancelled', 'unknown']

/** Resumption: design.md section 3. */
export function resumptions(app: Api, deps: Deps): void {
  app.openapi(resume, async (c) => {
    const operation = await endedOperation(deps, c, c.req.valid('param').id)
    const { state } = operation
    if ((operation.kind !== 'setup' && operation.kind !== 'lockdown') || !operation.server)
      throw conflict(`A ${operation.kind} cannot be resumed.`, 'Start a new one.')
    if (!resumable.includes(state))
      throw conflict(`Operation ${operation.id} is ${state}: nothing is left to resume.`, null)
    const server = await serverOf(deps, operation.server.id)
    const begun = operation.kind === 'setup' ? resumeSetup : resumeLockdown
    return answerStart(deps, c, await begun(deps, c, { operation, server }))
  })
}

type Resumed = { readonly operation: Operation; readonly server: Server }

function resumeSetup(deps: Deps, c: Request, { operation, server }: Resumed) {
  const input = StoredSetup.safeParse(operation.input)
  if (!input.success) throw notKept()
  return startSetup(deps, c, { server, ...input.data, resumes: operation.id })
}

/** It takes back whatever fails: what it did before holds no more, or its steps are so already. */
function resumeLockdown(deps: Deps, c: Request, { operation, server }: Resumed) {
  const input = StoredLockdown.safeParse(operation.input)
  if (!input.success) throw notKept()
  if (!server.setupComplete) throw notSetUp(server.name)
  return startLockdown(deps, c, { server, ...input.data, resumes: operation.id })
}

const notKept = () =>
  new Refusal(409, 'CONFLICT', 'What it was asked for was not kept.', { suggestion: 'Start a new one.' })
