import type { OperationResult } from '../schema/operation.ts'
import type { LockdownInput } from '../schema/start.ts'
import { acts, reads } from './activities.ts'
import { lockAndApply } from './apply.ts'
import { openOperation } from './operation.ts'

/** Makes a prepared server safe, and never locks anybody out: what cuts access stands under an automatic revert. */
export async function lockdown(input: LockdownInput): Promise<OperationResult> {
  const { operationId, server, settings, resumes } = input
  const title = `Lock down ${server.name}`
  const operation = openOperation(input, title)
  const planLockdown = async (previous?: { id: string; hash: string }) => {
    await reads.proveKeyLogin({ operationId, server })
    return reads.planLockdown({ operationId, server, settings, resumes, previous })
  }

  return operation.run(async () => {
    await lockAndApply(operation, server, title, planLockdown)
    await acts.markLocked({ operationId, server })
  })
}
