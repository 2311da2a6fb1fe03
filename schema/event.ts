import { z } from 'zod'
import { Id } from './identity.ts'

/** One thing that happened in an operation. `seq` counts from 1 without gaps per operation, given under its row lock. */
export const OperationEvent = z.object({
  operationId: Id,
  seq: z.int().positive(),
  at: z.iso.datetime(),
  type: z.enum(['state', 'step', 'output', 'approval', 'warning', 'notice']),
  serverId: Id.nullable(),
  step: z.string().nullable(),
  status: z.enum(['pending', 'running', 'completed', 'error', 'skipped']).nullable(),
  message: z.string(),
  /** 0 to 100, where it is known. */
  percentage: z.number().min(0).max(100).nullable(),
  durationMs: z.number().nullable(),
  data: z.record(z.string(), z.json()),
  correlationId: z.string(),
})
export type OperationEvent = z.infer<typeof OperationEvent>
export type NewEvent = Pick<OperationEvent, 'type' | 'message'> &
  Partial<Omit<OperationEvent, 'operationId' | 'seq' | 'at' | 'type' | 'message'>>
