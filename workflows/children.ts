import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  type ChildWorkflowHandle,
  ChildWorkflowFailure,
  isCancellation,
  ParentClosePolicy,
  startChild,
  TemporalFailure,
} from '@temporalio/workflow'
import type { Child } from '../activities/fleet.ts'
import type { OperationResult } from '../schema/operation.ts'
import type { ServerRef } from '../schema/server.ts'
import { records } from './activities.ts'
import { failureOf } from './ends.ts'

/** A child that runs, and can be told something. */
export type StartedChild = {
  readonly operationId: string
  readonly tell: ChildWorkflowHandle<() => Promise<OperationResult>>['signal']
}

/** How the operation on one server ended. It throws for no end of a child: the others go on. */
export async function runChild(
  server: ServerRef,
  create: () => Promise<Child | null>,
  onStart: (begun: StartedChild) => void = () => undefined,
): Promise<OperationResult> {
  let child: Child | null = null
  try {
    child = await create()
    if (child === null)
      return { state: 'failed', message: 'nothing served there before, so there is nothing to go back to.' }
    const handle = await startChild(child.workflow, {
      workflowId: child.workflowId,
      args: [child.input],
      staticSummary: child.title,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    })
    onStart({ operationId: child.operationId, tell: (signal, ...args) => handle.signal(signal, ...args) })
    return await handle.result()
  } catch (error) {
    const told = endIn(error)
    if (told !== null) return told
    const result = withoutEnd(error, server, child)
    if (child !== null) await storeEnd(child.operationId, result)
    return result
  }
}

/** The result that an ended child has stored, out of the failure that it ended with. */
function endIn(error: unknown): OperationResult | null {
  const cause = error instanceof ChildWorkflowFailure ? error.cause : null
  const details = cause instanceof ApplicationFailure || cause instanceof CancelledFailure ? cause.details : null
  return details?.find(isResult) ?? null
}

/** What is said of a child that could not tell its end itself: it never began, or it was terminated. */
function withoutEnd(error: unknown, server: ServerRef, child: Child | null): OperationResult {
  if (isCancellation(error)) return { state: 'cancelled', message: 'Cancelled before it began.' }
  if (child !== null && isAlreadyStarted(error))
    return {
      state: 'failed',
      message: `The same is under way on ${server.name} already (workflow ${child.workflowId}).`,
    }
  const failure = failureOf(error)
  if (failure === null) throw error
  return { state: 'failed', message: failure.message }
}

/** By its name: @temporalio/workflow throws this class and does not export it. */
const isAlreadyStarted = (error: unknown): boolean =>
  error instanceof TemporalFailure && error.name === 'WorkflowExecutionAlreadyStartedError'

const storeEnd = (operationId: string, result: OperationResult): Promise<void> =>
  CancellationScope.nonCancellable(() => records.endOperation({ operationId, result }))

const isResult = (value: unknown): value is OperationResult =>
  typeof value === 'object' && value !== null && 'state' in value && 'message' in value
