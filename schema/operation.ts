import { z } from 'zod'
import { DeploymentOutcome } from './deployment.ts'
import { Id } from './identity.ts'
import { Problem } from './problem.ts'
import { ServerRef } from './server.ts'
import { SynchronizationOutcome } from './synchronization.ts'
import { TransferOutcome } from './transfer-outcome.ts'
import { UnitOutcome } from './unit.ts'

export const OperationKind = z.enum([
  'setup',
  'lockdown',
  'lockdown_revert',
  'key_rotation',
  'service_action',
  'journal',
  'service_definition',
  'deployment',
  'rollback',
  'command',
  'preview',
  'fleet',
  'audit',
  'monitoring',
  'transfer',
])
export type OperationKind = z.infer<typeof OperationKind>

export const EndState = z.enum([
  'succeeded',
  'unchanged',
  'failed',
  'rolled_back',
  'rollback_failed',
  'refused',
  'cancelled',
  'unknown',
])
export type EndState = z.infer<typeof EndState>

export const OperationState = z.enum(['waiting', 'running', 'awaiting_approval', ...EndState.options])
export type OperationState = z.infer<typeof OperationState>

export const WaitReason = z.enum(['server_lock', 'worker', 'schedule', 'retry', 'host'])
export type WaitReason = z.infer<typeof WaitReason>

export const hasEnded = (state: OperationState): state is EndState => EndState.options.some((end) => end === state)

export const StepState = z.enum([
  'pending',
  'running',
  'applied',
  'unchanged',
  'failed',
  'undone',
  'undo_failed',
  'unknown',
  'skipped',
])
export type StepState = z.infer<typeof StepState>

/** One step of an operation, as it stands. */
export const StepProgress = z.object({
  id: z.string(),
  title: z.string(),
  state: StepState,
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  message: z.string().nullable(),
})
export type StepProgress = z.infer<typeof StepProgress>

/** One command's end on a host. `exitCode` is null where a signal ended it. */
export const CommandResult = z.object({
  command: z.string(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  stdout: z.string(),
  stderr: z.string(),
  stdoutTruncated: z.boolean(),
  stderrTruncated: z.boolean(),
  durationMs: z.number(),
  timedOut: z.boolean(),
})
export type CommandResult = z.infer<typeof CommandResult>

/** How an operation ended, small enough for a history: output stays in PostgreSQL. */
export const OperationResult = z.object({
  state: EndState,
  message: z.string(),
  exitCode: z.int().nullable().optional(),
  problem: Problem.optional(),
  transfer: TransferOutcome.optional(),
  synchronization: SynchronizationOutcome.optional(),
  stepsApplied: z.int().optional(),
  stepsUnchanged: z.int().optional(),
  deployment: DeploymentOutcome.optional(),
  service: UnitOutcome.optional().describe('Of a service action: the unit as it was seen at the end'),
})
export type OperationResult = z.infer<typeof OperationResult>

/** The answer about one operation, derived from the engine while it runs and stored once it has ended. */
export const OperationStatus = z.object({
  id: Id,
  kind: OperationKind,
  server: ServerRef.nullable(),
  state: OperationState,
  reason: WaitReason.nullable(),
  /** Names the holder of the lock, the missing worker, the next try. */
  detail: z.string().nullable(),
  since: z.iso.datetime(),
  requester: z.string(),
  resumes: Id.nullable(),
  parent: Id.nullable(),
  workflowId: z.string(),
  correlationId: z.string(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  result: OperationResult.nullable(),
})
export type OperationStatus = z.infer<typeof OperationStatus>
