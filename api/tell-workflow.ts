import { WorkflowNotFoundError } from '@temporalio/client'
import type { Operation } from '../store/index.ts'
import type { Deps } from './context.ts'

/** Sends a signal. `false`: the workflow has closed meanwhile, and there is nobody to tell. */
export async function tellWorkflow(
  deps: Deps,
  operation: Pick<Operation, 'workflowId'>,
  signal: 'confirm' | 'reject' | 'cancel' | 'sendSignal',
  message: { readonly operationId: string },
): Promise<boolean> {
  try {
    await deps.temporal.workflow.getHandle(operation.workflowId).signal(signal, message)
    return true
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}
