import { type ApplicationFailure, isCancellation } from '@temporalio/workflow'
import type { OperationResult } from '../schema/operation.ts'
import { acts } from './activities.ts'
import { failureOf, problemOf } from './ends.ts'
import type { Operation } from './operation.ts'
import { takeBack, takeBackAfterRestoration, type TakenBack } from './take-back.ts'

/** What follows when the work did not end well. Runs in a non-cancellable scope; what is a defect of this code is thrown on, so that the task is retried. */
export async function recover(operation: Operation, error: unknown): Promise<OperationResult> {
  if (isCancellation(error)) return afterCancel(operation)
  const failure = failureOf(error)
  if (failure === null) throw error
  // Where the worker dies over a cancel, the activity ends by its lost heartbeat: what it runs still runs on the server.
  if (operation.isCancelled() && failure.type !== 'OutcomeUnknown') return afterCancel(operation)
  const told = { message: failure.message, ...problemPart(failure) }
  if (failure.type === 'Refused' || failure.type === 'GuardRefused') return afterRefusal(operation, failure, told)
  if (operation.revert !== null) return afterRevert(operation, failure, told)
  // Undoing what may still be running would make two unknowns of one.
  if (failure.type === 'OutcomeUnknown') return { state: 'unknown', ...told }
  if (operation.onFailure === 'keep' || operation.undo.length === 0) return { state: 'failed', ...told }
  return afterUndo(operation, failure, told)
}

async function afterCancel(operation: Operation): Promise<OperationResult> {
  const still = await endRuns(operation)
  if (still !== null) return still
  const undone = await takeBack(operation)
  if (undone.failed !== null)
    return {
      state: undone.isUnknown ? 'unknown' : 'rollback_failed',
      message: `Cancelled, but taking back "${undone.failed}" failed: ${undone.message}`,
    }
  return {
    state: 'cancelled',
    message:
      undone.count === 0
        ? `Cancelled; nothing runs on the server any more.${undone.byHost}`
        : `Cancelled; ${undone.count} steps were taken back.${undone.byHost}`,
  }
}

/** Null when nothing of the operation runs on the server any more; else how it ends, because nobody can tell. */
async function endRuns(operation: Operation): Promise<OperationResult | null> {
  if (operation.server === null) return null
  try {
    await acts.endRuns({ operationId: operation.input.operationId, server: operation.server })
    return null
  } catch (error) {
    const failure = failureOf(error)
    if (failure === null) throw error
    const message = `Cancelled, but what runs on ${operation.server.name} could not be ended, so nothing was taken back. ${failure.message}`
    return { state: 'unknown', message, ...problemPart(failure) }
  }
}

const problemPart = (failure: ApplicationFailure) => {
  const problem = problemOf(failure)
  return problem === undefined ? {} : { problem }
}

type Told = Pick<OperationResult, 'message' | 'problem'>

async function afterUndo(operation: Operation, failure: ApplicationFailure, told: Told): Promise<OperationResult> {
  return tellTakenBack(await takeBack(operation), failure, told)
}

/** `refused` means that nothing is other than before: what the guard stops in its middle is taken back. */
async function afterRefusal(operation: Operation, failure: ApplicationFailure, told: Told): Promise<OperationResult> {
  const undone = await takeBack(operation)
  return hasTakenNothing(undone) ? { state: 'refused', ...told } : tellTakenBack(undone, failure, told)
}

/** The host may restore itself, or has: what is said is what it says. */
async function afterRevert(operation: Operation, failure: ApplicationFailure, told: Told): Promise<OperationResult> {
  const wasArmed = operation.revert?.isArmed === true
  // What may still be running is ended by the host when it restores itself.
  const undone =
    failure.type === 'OutcomeUnknown' ? await takeBackAfterRestoration(operation) : await takeBack(operation)
  return !wasArmed && hasTakenNothing(undone)
    ? { state: 'refused', ...told, message: `${failure.message} Nothing was changed.` }
    : tellTakenBack(undone, failure, told)
}

const hasTakenNothing = ({ failed, count, byHost }: TakenBack): boolean =>
  failed === null && count === 0 && byHost === ''

function tellTakenBack(undone: TakenBack, failure: ApplicationFailure, told: Told): OperationResult {
  if (undone.failed !== null)
    return {
      state: undone.isUnknown ? 'unknown' : 'rollback_failed',
      ...told,
      message: `${failure.message} Taking back "${undone.failed}" failed too: ${undone.message}`,
    }
  return {
    state: 'rolled_back',
    ...told,
    message: `${failure.message} ${undone.count} steps were taken back.${undone.byHost}`,
  }
}
