import { z } from '@hono/zod-openapi'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Approval, Decision, DecisionAnswer, type DecisionOutcome } from '../schema/approval.ts'
import type { ErrorCode } from '../schema/problem.ts'
import type { Confirm, Reject } from '../schema/start.ts'
import type { Operation } from '../store/index.ts'
import { type Api, actorOf, type Deps } from './context.ts'
import { createBell } from './event-hub.ts'
import { withLiveState } from './operation-state.ts'
import { Limit, OperationParam, operationOf, serverOf } from './parameters.ts'
import { absorb, outside, present } from './present.ts'
import { conflict, notFound, Refusal } from './problem.ts'
import { json, route } from './route.ts'
import { tellWorkflow } from './tell-workflow.ts'

const ApprovalView = outside(Approval, 'Approval')
const DecisionRequest = z.strictObject(Decision.shape)

const list = route({
  method: 'get',
  path: '/v1/approvals',
  role: 'viewer',
  tags: ['approvals'],
  summary: 'List what waits for a person',
  request: { query: z.object({ server: z.string().min(1).max(253).optional(), limit: Limit }) },
  responses: { 200: json(z.object({ items: z.array(ApprovalView) }).openapi('Approvals'), 'What waits') },
  problems: { 404: 'There is no such server' },
})

const show = route({
  method: 'get',
  path: '/v1/operations/{id}/approval',
  role: 'viewer',
  tags: ['approvals'],
  summary: 'Show what an operation asks: the phrase, the risk, the checklist, the alternatives, the deadline',
  request: { params: OperationParam },
  responses: { 200: json(ApprovalView, 'The newest approval of the operation') },
})

const decide = route({
  method: 'post',
  path: '/v1/operations/{id}/approval',
  role: 'approver',
  admits: 'viewer',
  audit: { action: 'approval.decide', security: true },
  tags: ['approvals'],
  summary: 'Confirm with the phrase, or reject',
  request: { params: OperationParam, body: json(outside(DecisionRequest, 'Decision'), 'The decision') },
  responses: { 200: json(outside(DecisionAnswer, 'DecisionAnswer'), 'Decided') },
  problems: {
    409: 'Decided already, or that was the last wrong phrase',
    410: 'The time to confirm is over',
  },
})

/** What needs a person (spec GUARD-13, GUARD-32, API-19). */
export function approvals(app: Api, deps: Deps): void {
  app.openapi(list, async (c) => {
    const { server, limit } = c.req.valid('query')
    const serverId = server === undefined ? undefined : (await serverOf(deps, server)).id
    const pending = await deps.store.approvals.pending({ serverId, limit })
    return c.json({ items: pending.map((approval) => present(Approval, approval)) }, 200)
  })

  app.openapi(show, async (c) => {
    const operation = await operationOf(deps, c.req.valid('param').id)
    const approval = await deps.store.approvals.forOperation(operation.id)
    if (!approval) throw notFound(`Operation ${operation.id} has asked for no approval.`)
    return c.json(present(Approval, approval), 200)
  })

  app.openapi(decide, async (c) => {
    const { id } = c.req.valid('param')
    const decision = absorb(Decision, c.req.valid('json'))
    Object.assign(c.get('audit'), { operationId: id, parameters: { decision: decision.decision } })
    const { store, settings } = deps
    const { operation, seen, approvers } = await store.approvals.basis(id)
    if (operation && operation.endedAt === null && seen === null) await untilAsked(deps, operation)
    const { decisionId, answer } = await store.approvals.decide({
      operationId: id,
      seen,
      actor: actorOf(c),
      decision,
      mode: settings.approval.requesterMayApprove,
      roles: settings.approval.roles,
      twoPersons: settings.approval.twoPersons,
      onlyOneApprover: approvers < 2,
    })
    if (operation && !(await tell(deps, operation, decisionId, decision, answer.outcome))) {
      const { state } = await withLiveState(deps, operation)
      throw conflict(`Operation ${id} has ended (${state}) before the decision reached it. Nothing is run.`, null)
    }
    c.get('audit').parameters = { decision: decision.decision, outcome: answer.outcome }
    if (answer.outcome !== 'confirmed' && answer.outcome !== 'rejected') throw refuse(answer.outcome, answer)
    return c.json(present(DecisionAnswer, answer), 200)
  })
}

/** A person may be faster than the workflow that is about to ask: wait a moment for the question. */
async function untilAsked(deps: Deps, operation: Operation): Promise<void> {
  await deps.hub.open()
  const bell = createBell()
  const stop = deps.hub.subscribe(operation.id, bell.ring)
  try {
    const deadline = performance.now() + 2_000
    while (performance.now() < deadline) {
      if (await deps.store.approvals.forOperation(operation.id)) return
      const { state, reason } = await withLiveState(deps, operation)
      if (state !== 'running' && !(state === 'waiting' && reason === 'worker')) return
      await bell.wait(Math.max(1, deadline - performance.now()))
    }
  } finally {
    stop()
  }
}

/**
 * Tells the workflow of a stored decision. Sent again where it was decided before, because that signal may have been
 * lost; the workflow believes only the stored row. `false`: it should have been told, but it has closed.
 */
async function tell(
  deps: Deps,
  operation: Operation,
  decisionId: string,
  decision: Decision,
  outcome: DecisionOutcome,
): Promise<boolean> {
  if (operation.endedAt !== null || changesNothing.has(outcome)) return true
  if (outcome === 'rejected') {
    const message: Reject = { operationId: operation.id, decisionId, reason: decision.reason }
    return tellWorkflow(deps, operation, 'reject', message)
  }
  const standing = outcome === 'already_decided' ? await standingDecision(deps, operation.id) : decisionId
  if (standing === null) return true
  const message: Confirm = { operationId: operation.id, decisionId: standing }
  return (await tellWorkflow(deps, operation, 'confirm', message)) || outcome !== 'confirmed'
}

/** Whoever may not decide must not be able to fill a workflow's history either. */
const changesNothing: ReadonlySet<DecisionOutcome> = new Set(['requester_may_not_approve', 'not_acknowledged', 'error'])

async function standingDecision(deps: Deps, operationId: string): Promise<string | null> {
  const confirmed = (await deps.store.approvals.decisions(operationId)).findLast((made) => made.outcome === 'confirmed')
  return confirmed?.id ?? null
}

type Refused = Exclude<DecisionOutcome, 'confirmed' | 'rejected'>
const refusals: Record<Refused, readonly [ContentfulStatusCode, ErrorCode]> = {
  invalid_confirmation: [422, 'INVALID_CONFIRMATION'],
  not_acknowledged: [422, 'INVALID_CONFIRMATION'],
  max_attempts_exceeded: [409, 'MAX_ATTEMPTS_EXCEEDED'],
  already_decided: [409, 'CONFLICT'],
  expired: [410, 'EXPIRED'],
  requester_may_not_approve: [403, 'FORBIDDEN'],
  error: [404, 'NOT_FOUND'],
}

function refuse(outcome: Refused, answer: DecisionAnswer): Refusal {
  const [status, code] = refusals[outcome]
  return new Refusal(status, code, answer.message, {
    suggestion: answer.hint,
    extra: { decision: present(DecisionAnswer, answer) },
  })
}
