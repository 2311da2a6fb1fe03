import type { OperationResult } from '../schema/operation.ts'
import type { SetupInput } from '../schema/start.ts'
import { acts, reads } from './activities.ts'
import { lockAndApply } from './apply.ts'
import { openOperation } from './operation.ts'

/** Prepares a fresh server: application user, keys, directories, sudo, packages; proved by a fresh log-in. */
export async function setup(input: SetupInput): Promise<OperationResult> {
  const title = `Set up ${input.server.name}`
  const operation = openOperation(input, title)
  const planSetup = (previous?: { id: string; hash: string }) =>
    reads.planSetup({
      operationId: input.operationId,
      server: input.server,
      settings: input.settings,
      resumes: input.resumes,
      previous,
    })

  return operation.run(async () => {
    await lockAndApply(operation, input.server, title, planSetup)
    await reads.proveLogin({
      operationId: input.operationId,
      server: input.server,
      sudo: input.settings.sudo.kind === 'full',
    })
    await acts.markSetUp({ operationId: input.operationId, server: input.server })
  })
}
