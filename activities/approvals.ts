import { v7 as uuidv7 } from 'uuid'
import { assessPlan, digestOf } from '../guard/index.ts'
import type { Approval, ApprovalState, ApprovalSubject, DecisionAnswer } from '../schema/approval.ts'
import type { Assessment } from '../schema/guard.ts'
import type { ServerRef } from '../schema/server.ts'
import type { Message, PendingConfirmation, Verdict } from '../schema/start.ts'
import type { JudgedDecision, Operation } from '../store/index.ts'
import { alertOfBlocked, alertOfDecision } from './alerts.ts'
import type { Deps } from './deps.ts'
import { confirmedCommand, shownBatches } from './in-batches.ts'
import { preconditionFailed } from './failures.ts'
import { notifyApprovers } from './notify.ts'
import { loadOperation, loadServer } from './operations.ts'
import { typedCommand } from './typed-command.ts'
import { whoSent } from './sender.ts'

export const approvalActivities = (deps: Deps) => ({
  async requestPlanApproval({
    operationId,
    planId,
  }: {
    operationId: string
    planId: string
  }): Promise<PendingConfirmation> {
    const [operation, plan] = await Promise.all([loadOperation(deps, operationId), deps.store.plans.get(planId)])
    if (plan === null) throw preconditionFailed(`There is no plan ${planId}.`, 'Start the operation anew.')
    const server = await loadServer(deps, plan.target)
    const subject = {
      kind: 'plan' as const,
      digest: plan.hash,
      shown: plan.steps
        .map((step) => step.title)
        .join('; ')
        .slice(0, 2_000),
    }
    return requestApproval(deps, { operation, server: plan.target, subject, assessment: assessPlan(plan, server) })
  },

  async requestCommandApproval(o: {
    operationId: string
    server: ServerRef
    assessment: Assessment
  }): Promise<PendingConfirmation> {
    const operation = await loadOperation(deps, o.operationId)
    const { command, whole } = await typedCommand(deps, operation)
    return requestApproval(deps, {
      operation,
      server: o.server,
      subject: {
        kind: 'command',
        digest: digestOf(confirmedCommand(command, o.assessment)),
        shown: `${whole}${shownBatches(command, o.assessment)}`,
      },
      assessment: o.assessment,
    })
  },

  /** Looks behind a message. The row in PostgreSQL decides; a bare message does only where `approval.from_temporal` is on. */
  async checkDecision(o: { operationId: string; approvalId: string; message: Message }): Promise<Verdict<null>> {
    const { verdict, alert } = await judgeMessage(deps, o)
    await alert()
    if (verdict.kind === 'confirmed') await deps.store.operations.setState(o.operationId, { state: 'running' })
    return verdict
  },

  /** A phrase sent past the API by Temporal's own tools, recorded as any other decision. */
  async decideFromTemporal({
    operationId,
    phrase,
  }: {
    operationId: string
    phrase: string
  }): Promise<{ decisionId: string; answer: DecisionAnswer }> {
    return decideFromTemporal(deps, operationId, { kind: 'confirm', phrase })
  },

  /** The store has the last word on time: an approval that was confirmed before its deadline stands. */
  async expireApproval({
    approvalId,
    operationId,
  }: {
    approvalId: string
    operationId: string
  }): Promise<{ state: ApprovalState; decisionId: string | null }> {
    const state = await deps.store.approvals.expire(approvalId)
    const decisions = state === 'confirmed' ? await deps.store.approvals.decisions(operationId) : []
    return {
      state,
      decisionId: decisions.findLast((one) => one.approvalId === approvalId && one.outcome === 'confirmed')?.id ?? null,
    }
  },
})

/** Asks people, or points to what they are asked already; they have as long as the settings say for the risk, or `limitMs`. */
export async function requestApproval(
  deps: Deps,
  o: {
    operation: Operation
    server: ServerRef
    subject: ApprovalSubject
    assessment: Assessment
    limitMs?: number
  },
): Promise<PendingConfirmation> {
  const asked = await deps.store.approvals.forOperation(o.operation.id)
  const pending = asked?.state === 'pending' && asked.subject.digest === o.subject.digest ? asked : null
  const { risk } = o.assessment
  const approval =
    pending ??
    (await deps.store.approvals.request({
      id: uuidv7(),
      operationId: o.operation.id,
      server: o.server,
      subject: o.subject,
      assessment: o.assessment,
      requester: o.operation.requester,
      maxAttempts: deps.settings.guard.maxAttempts[risk],
      expiresAt: new Date(Date.now() + (o.limitMs ?? deps.settings.guard.deadlineMs[risk])).toISOString(),
    }))
  if (pending === null) {
    await notifyApprovers(deps, approval)
    await alertOfBlocked(deps, o.operation)
  }
  return toPending(approval)
}

const toPending = (approval: Approval): PendingConfirmation => ({
  approvalId: approval.id,
  shown: shorten(approval.subject.shown),
  phrase: approval.assessment.phrase,
  summary: approval.assessment.summary,
  risk: approval.assessment.risk,
  attempts: approval.attempts,
  maxAttempts: approval.maxAttempts,
  expiresAt: approval.expiresAt,
})

const shorten = (text: string): string =>
  text.length <= 2_000 ? text : `${text.slice(0, 2_000)}… and ${text.length - 2_000} more characters`

type Judged = {
  readonly verdict: Verdict<null>
  readonly approval: Approval | null
  /** Tells people of it; nothing but the end of the operation has to wait for that. */
  readonly alert: () => Promise<void>
}

const nobody = async (): Promise<void> => undefined
const ignored = { verdict: { kind: 'ignored' }, approval: null, alert: nobody } as const

/** What the store holds about the decision that a message points to, and the approval that it is about. */
export async function judgeMessage(
  deps: Deps,
  o: { operationId: string; approvalId: string; message: Message },
): Promise<Judged> {
  const decisionId = o.message.decisionId ?? (await decideBare(deps, o))
  if (decisionId === null) return ignored
  const decision = await deps.store.approvals.decision(decisionId)
  if (decision === null || decision.operationId !== o.operationId || decision.approvalId !== o.approvalId) {
    await recordIgnored(deps, o.operationId, 'it names a decision that is not of this approval')
    return ignored
  }
  const { outcome, approval } = decision
  const alert =
    approval !== null && (outcome === 'confirmed' || outcome === 'max_attempts_exceeded')
      ? () => alertOfDecision(deps, approval, outcome)
      : nobody
  return { verdict: verdictOf(decision), approval, alert }
}

function verdictOf(decision: JudgedDecision): Verdict<null> {
  const { approval } = decision
  switch (decision.outcome) {
    case 'confirmed':
      return decision.stands && approval?.state === 'confirmed'
        ? { kind: 'confirmed', value: null }
        : { kind: 'ignored' }
    case 'rejected':
      return {
        kind: 'refused',
        because: `Rejected by ${decision.actor.name}${decision.reason === null ? '' : `: ${decision.reason}`}.`,
      }
    case 'max_attempts_exceeded':
      return { kind: 'refused', because: `Refused after ${approval?.maxAttempts ?? 3} wrong phrases.` }
    case 'expired':
      return { kind: 'refused', because: 'The deadline had passed; it expired and was refused.' }
    case 'invalid_confirmation':
      return { kind: 'wrong', attempts: approval?.attempts ?? 0 }
    case 'already_decided':
      // The attempt that decided may have died before it acted on it: the standing decision counts, whoever points to it.
      return approval?.state === 'confirmed' ? { kind: 'confirmed', value: null } : { kind: 'ignored' }
    case 'not_acknowledged':
    case 'requester_may_not_approve':
    case 'error':
      return { kind: 'ignored' }
    default:
      return decision.outcome satisfies never
  }
}

/** A message without a stored decision: whoever reaches Temporal. It counts only where the setting says so. */
async function decideBare(
  deps: Deps,
  { operationId, message }: { operationId: string; message: Message },
): Promise<string | null> {
  if (deps.settings.approval.from_temporal) return (await decideFromTemporal(deps, operationId, message)).decisionId
  await recordIgnored(deps, operationId, 'approvals are decided through the API here')
  return null
}

/** Somebody who reaches Temporal tried to decide past the API: people see it in the events, auditors in the trail. */
async function recordIgnored(deps: Deps, operationId: string, because: string): Promise<void> {
  const operation = await loadOperation(deps, operationId)
  const sender = await whoSent(deps, operation.workflowId)
  deps.log.warn({ operation: operationId, sender }, `a message that was sent past the API decides nothing: ${because}`)
  await deps.store.audit.record({
    action: 'approval.ignored',
    actor: { name: `temporal:${sender}`, kind: 'person', role: 'viewer', interface: 'temporal' },
    success: false,
    error: because,
    serverId: operation.server?.id,
    operationId,
    correlationId: operation.correlationId,
    security: true,
  })
  await deps.store.events.append(operationId, {
    type: 'approval',
    message: `A message sent past the API was ignored: ${because}.`,
  })
}

async function decideFromTemporal(
  deps: Deps,
  operationId: string,
  message: Message,
): Promise<{ decisionId: string; answer: DecisionAnswer }> {
  if (!deps.settings.approval.from_temporal)
    throw preconditionFailed('Approvals are decided through the API here.', 'Set approval.from_temporal to allow it.')
  const operation = await loadOperation(deps, operationId)
  const name = `temporal:${await whoSent(deps, operation.workflowId)}`
  return deps.store.approvals.decide({
    operationId,
    actor: { name, kind: 'person', role: 'approver', interface: 'temporal' },
    decision: {
      decision: message.kind,
      phrase: message.phrase,
      acknowledged: await criticalItems(deps, operationId),
      reason: message.reason,
    },
    mode: deps.settings.approval.requesterMayApprove,
    roles: deps.settings.approval.roles,
    twoPersons: deps.settings.approval.twoPersons,
    onlyOneApprover: true,
  })
}

/** The Web UI shows the checklist with the phrase: who types the phrase there has seen it. */
async function criticalItems(deps: Deps, operationId: string): Promise<string[]> {
  const approval = await deps.store.approvals.forOperation(operationId)
  return approval?.assessment.checklist.filter((item) => item.critical).map((item) => item.id) ?? []
}
