import { CancellationScope } from '@temporalio/workflow'
import type { KeyChange } from '../schema/key-rotation.ts'
import { removeOldKeyStep } from '../schema/step-names.ts'
import type { OperationResult } from '../schema/operation.ts'
import type { KeyRotationInput } from '../schema/start.ts'
import { acts, reads, records } from './activities.ts'
import { lockAndApply } from './apply.ts'
import { openOperation, type Operation } from './operation.ts'

/** Gives the application user a new key: in, proved, into the registry; only then the old one out, and proved again. */
export async function rotateKey(input: KeyRotationInput): Promise<OperationResult> {
  const { operationId, server, settings } = input
  const title = `Rotate the key of ${server.name}`
  const operation = openOperation(input, title)

  return operation.run(async () => {
    await reads.proveKeyLogin({ operationId, server })
    const change = await records.prepareNewKey({ operationId, server, settings })
    const work = { operationId, server, settings, change }
    const planRotation = (previous?: { id: string; hash: string }) => reads.planKeyRotation({ ...work, previous })
    try {
      await lockAndApply(operation, server, title, planRotation, async (stepId) => {
        if (stepId === removeOldKeyStep) await changeOver(operation, { operationId, server, change })
      })
      await acts.proveOldKeyRefused({ operationId, server, change })
    } catch (error) {
      await CancellationScope.nonCancellable(() => records.forgetUnusedKey({ operationId, server, change }))
      throw error
    }
  })
}

type Work = Pick<KeyRotationInput, 'operationId' | 'server'> & { readonly change: KeyChange }

/**
 * From the old key to the new one. A cancel waits for the answer: whether the registry has changed decides what may
 * be taken back, and once it has, the new key must stay on the host.
 */
async function changeOver(operation: Operation, work: Work): Promise<void> {
  await acts.proveNewKey(work)
  await CancellationScope.nonCancellable(() => acts.changeKey(work))
  operation.undo.splice(0)
}
