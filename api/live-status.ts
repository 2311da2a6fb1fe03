import type { WorkflowExecutionDescription } from '@temporalio/client'
import { z } from 'zod'
import { OperationState, WaitReason } from '../schema/operation.ts'
import type { LiveStatus } from '../schema/start.ts'

const Memo: z.ZodType<LiveStatus> = z.object({
  operationId: z.string(),
  state: OperationState,
  reason: WaitReason.nullable(),
  detail: z.string().nullable(),
  since: z.string(),
})

/** What the workflow last said of itself; null where there is no such memo. */
export function readMemo(description: WorkflowExecutionDescription): LiveStatus | null {
  const parsed = Memo.safeParse(description.memo?.status)
  return parsed.success ? parsed.data : null
}
