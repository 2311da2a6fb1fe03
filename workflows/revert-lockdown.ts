import type { OperationResult } from '../schema/operation.ts'
import type { LockdownRevertInput } from '../schema/start.ts'
import { acts, reads } from './activities.ts'
import { lockAndApply } from './apply.ts'
import { openOperation } from './operation.ts'

/** Takes a lockdown back from what it saved, file by file and by hash, itself under an automatic revert. */
export async function revertLockdown(input: LockdownRevertInput): Promise<OperationResult> {
  const { operationId, server, settings } = input
  const title = `Take back the lockdown of ${server.name}`
  const operation = openOperation(input, title)
  const planRevert = async (previous?: { id: string; hash: string }) => {
    await reads.proveKeyLogin({ operationId, server })
    return reads.planLockdownRevert({ operationId, server, settings, previous })
  }

  return operation.run(async () => {
    await lockAndApply(operation, server, title, planRevert)
    await acts.markUnlocked({ operationId, server })
  })
}
