import type { WorkflowExecutionDescription } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/client'
import proto from '@temporalio/proto'
import { type EndState, hasEnded } from '../schema/operation.ts'
import type { LiveStatus } from '../schema/start.ts'
import type { Operation } from '../store/index.ts'
import type { Deps, Request } from './context.ts'
import { readMemo } from './live-status.ts'
import { operationOf } from './parameters.ts'
import { conflict } from './problem.ts'
import { settleEnd } from './sweep.ts'

/** A task that no worker has taken for this long waits for a worker. */
const untakenMs = 3_000

/**
 * The operation with its state as it is now: from its row once it has ended, else from Temporal, which also knows when
 * no worker runs. What was terminated there is ended here.
 */
export async function withLiveState(deps: Deps, operation: Operation): Promise<Operation> {
  if (operation.endedAt !== null) return operation
  try {
    const [description, isPolled] = await Promise.all([
      deps.temporal.workflow.getHandle(operation.workflowId).describe(),
      deps.workerPolls(deps.settings.temporal.taskQueue),
    ])
    const live = readMemo(description)
    if (live?.operationId === operation.id && description.status.name === 'RUNNING') {
      return { ...operation, ...stateOf(deps, live, description, isPolled) }
    }
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
  }
  return settleEnd(deps, operation)
}

/** One that has ended, for what only then may be done about it; the audit record of the request is told of it. */
export async function endedOperation(deps: Deps, c: Request, id: string): Promise<Operation & { state: EndState }> {
  const stored = await operationOf(deps, id)
  Object.assign(c.get('audit'), { operationId: stored.id, serverId: stored.server?.id })
  const operation = await withLiveState(deps, stored)
  const { state } = operation
  if (!hasEnded(state)) throw conflict(`Operation ${stored.id} has not ended (${state}).`, 'Follow it, or cancel it.')
  return { ...operation, state }
}

type State = Pick<Operation, 'state' | 'reason' | 'detail' | 'since'>

function stateOf(deps: Deps, live: LiveStatus, description: WorkflowExecutionDescription, isPolled: boolean): State {
  const { state, reason, detail, since } = live
  const untaken = untakenSince(description)
  const queue = `task queue "${deps.settings.temporal.taskQueue}"`
  const waitsForWorker = !isPolled || (untaken !== null && Date.now() - untaken > untakenMs)
  if (waitsForWorker) {
    const missing = isPolled
      ? `No worker has taken the next task from ${queue} since ${new Date(untaken ?? 0).toISOString()}.`
      : `No worker polls ${queue}.`
    if (state === 'awaiting_approval') return { state, reason, detail: `${detail ?? ''} ${missing}`.trim(), since }
    return { state: 'waiting', reason: 'worker', detail: missing, since }
  }
  // The start's own memo says "waits for a worker"; a workflow that needs no transition leaves it so.
  if (state === 'waiting' && reason === 'worker') return { state: 'running', reason: null, detail: null, since }
  return { state, reason, detail, since }
}

/** Since when the oldest of the workflow's tasks lies in the queue without being taken; null when none does. */
function untakenSince(description: WorkflowExecutionDescription): number | null {
  const { pendingWorkflowTask, pendingActivities } = description.raw
  const { PendingWorkflowTaskState, PendingActivityState } = proto.temporal.api.enums.v1
  const untaken = [
    ...(pendingWorkflowTask?.state === PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED
      ? [millis(pendingWorkflowTask.originalScheduledTime)]
      : []),
    ...(pendingActivities ?? [])
      .filter((activity) => activity.state === PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED)
      .map((activity) => millis(activity.scheduledTime)),
  ].filter((time) => time > 0)
  return untaken.length === 0 ? null : Math.min(...untaken)
}

const millis = (time: { seconds?: unknown } | null | undefined): number => Number(time?.seconds ?? 0) * 1000
