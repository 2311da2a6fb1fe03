import type { OperationResult } from '../schema/operation.ts'
import type { CommandInput } from '../schema/start.ts'
import { acts, reads, records } from './activities.ts'
import { awaitDecision } from './approve.ts'
import { lockServer } from './lock.ts'
import { openOperation, type Operation } from './operation.ts'

/** Runs one guarded command. A harmless one is one activity; a destructive one waits for a person and is rated again before it runs. */
export async function command(input: CommandInput): Promise<OperationResult> {
  const operation = openOperation(input, `Run ${input.shown} on ${input.server.name}`)
  return operation.run(() => (input.harmless ? runHarmless(operation, input) : runApproved(operation, input)))
}

async function runHarmless(operation: Operation, input: CommandInput): Promise<OperationResult> {
  const work = { operationId: input.operationId, server: input.server, approval: null }
  for (;;) {
    const answer = await acts.runCommand.executeWithOptions({ summary: input.shown }, [work])
    switch (answer.kind) {
      case 'ended':
        return answer.result
      case 'locked':
        await lockServer(operation, input.server, input.shown)
        break
      case 'needs_approval':
        return runApproved(operation, input)
      case 'not_approved':
        break
      default:
        return answer satisfies never
    }
  }
}

async function runApproved(operation: Operation, input: CommandInput): Promise<OperationResult> {
  const { operationId, server } = input
  for (;;) {
    const assessed = await reads.assessCommand({ operationId, server })
    if (assessed.kind === 'harmless') return runHarmless(operation, input)
    const pending = await records.requestCommandApproval({ operationId, server, assessment: assessed.assessment })
    const answer = await awaitDecision(operation, pending, async (message) => {
      operation.become('running')
      const outcome = await acts.runCommand.executeWithOptions({ summary: input.shown }, [
        { operationId, server, approval: { approvalId: pending.approvalId, message } },
      ])
      return outcome.kind === 'not_approved' ? outcome.verdict : { kind: 'confirmed' as const, value: outcome }
    })
    if (answer.kind === 'ended') return answer.result
    if (answer.kind === 'locked') {
      await lockServer(operation, server, input.shown)
      const again = await acts.runCommand.executeWithOptions({ summary: input.shown }, [
        { operationId, server, approval: { approvalId: pending.approvalId, message: null } },
      ])
      if (again.kind === 'ended') return again.result
    }
    // The target set grew or the device's state worsened since the analysis: ask anew with what is true now.
  }
}
