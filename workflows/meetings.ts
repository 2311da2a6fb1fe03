import {
  ApplicationFailure,
  condition,
  getExternalWorkflowHandle,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { arrived, proceed, textsOf } from './messages.ts'
import type { Operation } from './operation.ts'

/** Before which steps of a deployment the servers of it wait for each other. */
export const meetings = ['together.switch', 'together.retire'] as const

/** Who waits here holds the lock of its server: two deployments that wait for each other's must not do so for ever. */
const patience = '1 hour'

/** One server's side: before these steps it tells its parent that it is ready, and waits until all are. */
export function openMeetings(operation: Operation): (stepId: string) => Promise<void> {
  const { operationId } = operation.input
  const open = new Set<string>()
  setHandler(proceed, (message) => {
    const { at, ...rest } = textsOf(message)
    if (rest.operationId === operationId && at !== undefined) open.add(at)
  })
  return async (stepId) => {
    const { parent } = workflowInfo()
    if (parent === undefined || !meetings.some((one) => one === stepId)) return
    operation.become('running', { detail: 'Ready; waits for the other servers' })
    await getExternalWorkflowHandle(parent.workflowId).signal(arrived, { operationId, at: stepId })
    if (!(await condition(() => open.has(stepId), patience, { summary: 'Until all servers are ready' })))
      throw ApplicationFailure.nonRetryable(`The other servers were not ready within ${patience}.`, 'CommandFailed')
    operation.become('running')
  }
}
