import type { Deps } from './deps.ts'

/** The identity that Temporal recorded with the newest signal or update of a workflow, as its sender gave it. */
export async function whoSent(deps: Deps, workflowId: string): Promise<string> {
  const { events } = await deps.temporal.workflow.getHandle(workflowId).fetchHistory()
  for (const event of (events ?? []).toReversed()) {
    const identity =
      event.workflowExecutionSignaledEventAttributes?.identity ??
      event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.meta?.identity
    if (identity) return identity.slice(0, 100)
  }
  return 'unknown'
}
