import type { WorkflowExecutionDescription } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/client'
import type { OperationResult } from '../schema/operation.ts'
import type { Operation } from '../store/index.ts'
import type { Deps } from './context.ts'
import { readMemo } from './live-status.ts'

/** The last activity stores the end just before the workflow closes; a start stores the row just before the workflow. */
const graceMs = 10_000

type SweepDeps = Pick<Deps, 'store' | 'temporal' | 'log'>

/**
 * Ends, truthfully, every operation whose workflow was terminated, timed out, failed or was never started, without an
 * end in PostgreSQL. Answers their ids. Meant to be called now and then by one process.
 */
export async function sweepTerminated(deps: SweepDeps): Promise<string[]> {
  const swept: string[] = []
  for (const operation of await deps.store.operations.openOperations()) {
    const settled = await settleEnd(deps, operation)
    if (settled.endedAt !== null) swept.push(operation.id)
  }
  return swept
}

/** Ends one operation if its workflow is gone; else answers it as it is. The first end stands. */
export async function settleEnd(deps: SweepDeps, operation: Operation): Promise<Operation> {
  const description = await describe(deps, operation)
  const result = await endOf(deps, operation, description)
  if (result === null) return (await deps.store.operations.get(operation.id)) ?? operation
  const { ended, operation: settled, next } = await deps.store.operations.end(operation.id, result)
  if (ended) deps.log.warn({ operation: operation.id, state: result.state }, `Ended an operation: ${result.message}`)
  if (next) await wake(deps, next.workflowId)
  return settled
}

async function describe(deps: SweepDeps, operation: Operation): Promise<WorkflowExecutionDescription | null> {
  try {
    const description = await deps.temporal.workflow.getHandle(operation.workflowId).describe()
    // Ids such as `setup/<server>` are used again: the run must be this operation's.
    return readMemo(description)?.operationId === operation.id ? description : null
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null
    throw error
  }
}

async function endOf(
  deps: SweepDeps,
  operation: Operation,
  description: WorkflowExecutionDescription | null,
): Promise<OperationResult | null> {
  if (description === null) return endOfMissing(operation)
  switch (description.status.name) {
    case 'RUNNING':
    case 'CONTINUED_AS_NEW':
    case 'PAUSED':
      return null
    case 'COMPLETED':
    case 'FAILED':
    case 'CANCELLED': {
      if (isRecent(description.closeTime)) return null
      return unknownOr(
        deps,
        operation,
        `Its workflow ended (${description.status.name.toLowerCase()}) without storing a result.`,
      )
    }
    case 'TERMINATED':
      return unknownOr(deps, operation, 'Its workflow was terminated in Temporal.')
    case 'TIMED_OUT':
      return unknownOr(deps, operation, 'Its workflow ran out of time in Temporal.')
    case 'UNSPECIFIED':
    case 'UNKNOWN':
      return null
    default:
      return description.status.name satisfies never
  }
}

function endOfMissing(operation: Operation): OperationResult | null {
  if (isRecent(new Date(operation.createdAt))) return null
  return {
    state: 'unknown',
    message:
      'Temporal has no workflow of this operation: it never started, or its history is gone. What it did is not known.',
  }
}

/** `unknown` while a command of it may still run on a host; `failed` where nothing can. */
async function unknownOr(deps: SweepDeps, operation: Operation, because: string): Promise<OperationResult> {
  const open = (await deps.store.runs.ofOperation(operation.id)).filter((run) => run.end === null)
  if (open.length === 0) return { state: 'failed', message: `${because} Nothing of it was running on a server.` }
  const shown = open.map((run) => run.shown).join('; ')
  return { state: 'unknown', message: `${because} This may still run or may have run on its server: ${shown}` }
}

const isRecent = (time: Date | undefined): boolean => time !== undefined && Date.now() - time.getTime() < graceMs

/** A lost signal costs the next in the queue ten seconds, not its turn. */
async function wake(deps: SweepDeps, workflowId: string): Promise<void> {
  try {
    await deps.temporal.workflow.getHandle(workflowId).signal('lockFreed')
  } catch (error) {
    deps.log.warn({ err: error, workflow: workflowId }, 'could not wake the next in the queue; it asks by itself')
  }
}
