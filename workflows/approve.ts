import { condition } from '@temporalio/workflow'
import type { Message, PendingConfirmation, Verdict } from '../schema/start.ts'
import { records } from './activities.ts'
import { refused } from './ends.ts'
import type { Operation } from './operation.ts'

/** Waits for a person until the deadline, which is a durable timer; expiry always means refused. `decide` looks behind each message. */
export async function awaitDecision<T>(
  operation: Operation,
  pending: PendingConfirmation,
  decide: (message: Message) => Promise<Verdict<T>>,
): Promise<T> {
  operation.ask(pending)
  operation.become('awaiting_approval', { detail: pending.summary })
  for (;;) {
    const answeredInTime = await condition(
      () => operation.inbox.length > 0,
      Math.max(1, Date.parse(pending.expiresAt) - Date.now()),
      { summary: 'Deadline of the approval' },
    )
    const message = operation.inbox.shift()
    const verdict =
      answeredInTime && message !== undefined ? await decide(message) : await expire(operation, pending, decide)
    switch (verdict.kind) {
      case 'confirmed':
        operation.ask(null)
        return verdict.value
      case 'refused':
        operation.ask(null)
        throw refused(verdict.because)
      case 'wrong':
        operation.ask({ ...pending, attempts: verdict.attempts })
        operation.become('awaiting_approval', { detail: pending.summary })
        break
      case 'ignored':
        operation.become('awaiting_approval', { detail: pending.summary })
        break
      default:
        return verdict satisfies never
    }
  }
}

/** The store has the last word: a decision made in time counts even when its signal was lost. */
async function expire<T>(
  operation: Operation,
  pending: PendingConfirmation,
  decide: (message: Message) => Promise<Verdict<T>>,
): Promise<Verdict<T>> {
  const late = await records.expireApproval({
    operationId: operation.input.operationId,
    approvalId: pending.approvalId,
  })
  if (late.state === 'confirmed' && late.decisionId !== null)
    return decide({ kind: 'confirm', decisionId: late.decisionId })
  return {
    kind: 'refused',
    because:
      late.state === 'expired'
        ? 'Nobody confirmed before the deadline; it expired and was refused.'
        : `The approval is ${late.state}.`,
  }
}
