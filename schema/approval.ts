import { z } from 'zod'
import { Assessment } from './guard.ts'
import { Id } from './identity.ts'
import { ServerRef } from './server.ts'

export const ApprovalState = z.enum(['pending', 'confirmed', 'refused', 'expired', 'cancelled', 'executed', 'failed'])
export type ApprovalState = z.infer<typeof ApprovalState>

/** What an approval binds: one exact command, or one exact plan, by SHA-256 in hex. */
export const ApprovalSubject = z.object({
  kind: z.enum(['command', 'plan']),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  shown: z.string(),
})
export type ApprovalSubject = z.infer<typeof ApprovalSubject>

/** What waits for a person. */
export const Approval = z.object({
  id: Id,
  operationId: Id,
  server: ServerRef,
  subject: ApprovalSubject,
  assessment: Assessment,
  requester: z.string(),
  state: ApprovalState,
  attempts: z.int().nonnegative(),
  maxAttempts: z.int().positive(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  decidedBy: z.string().nullable(),
  decidedAt: z.iso.datetime().nullable(),
})
export type Approval = z.infer<typeof Approval>

/** What a person answers. The phrase is compared after trimming and ignoring case (spec GUARD-13). */
export const Decision = z.object({
  decision: z.enum(['confirm', 'reject']),
  phrase: z.string().max(500).optional(),
  /** Ids of the critical checklist items the approver has seen to. */
  acknowledged: z.array(z.string().max(64)).max(50).default([]),
  reason: z.string().max(500).optional(),
})
export type Decision = z.infer<typeof Decision>

/** What became of an attempt to decide. */
export const DecisionOutcome = z.enum([
  'confirmed',
  'rejected',
  'invalid_confirmation',
  'max_attempts_exceeded',
  'expired',
  'already_decided',
  'not_acknowledged',
  'requester_may_not_approve',
  'error',
])
export type DecisionOutcome = z.infer<typeof DecisionOutcome>

export const DecisionAnswer = z.object({
  outcome: DecisionOutcome,
  message: z.string(),
  expectedPhrase: z.string().nullable(),
  remainingAttempts: z.int().nullable(),
  hint: z.string().nullable(),
})
export type DecisionAnswer = z.infer<typeof DecisionAnswer>

/**
 * A confirmed approval that PostgreSQL has bound to one run, in the transaction that recorded the intent to run. Made
 * only by `store/approvals.ts`, which keeps it in a WeakSet; `guard/clear.ts` asks for that before it believes one.
 */
export type BoundApproval = {
  readonly approvalId: string
  readonly operationId: string
  readonly serverId: string
  readonly subject: { readonly kind: 'command' | 'plan'; readonly digest: string }
  readonly requester: string
  readonly runId: string
}
