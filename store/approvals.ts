import { type RawBuilder, sql } from 'kysely'
import { v7 as newId } from 'uuid'
import type {
  Approval,
  ApprovalState,
  ApprovalSubject,
  Decision,
  DecisionAnswer,
  DecisionOutcome,
} from '../schema/approval.ts'
import type { Assessment } from '../schema/guard.ts'
import { type Actor, systemActor } from '../schema/identity.ts'
import type { ServerRef } from '../schema/server.ts'
import type { Settings } from '../schema/settings.ts'
import { judge, type SeenApproval } from './judge.ts'
import type { Operation } from './operations.ts'
import { call, type Db, isUuid, json } from './query.ts'

export type ApprovalRequest = {
  id: string
  operationId: string
  server: ServerRef
  subject: ApprovalSubject
  assessment: Assessment
  requester: string
  maxAttempts: number
  expiresAt: string
}

/** A decision or an attempt at one, as it was recorded. */
export type DecisionRecord = {
  id: string
  approvalId: string | null
  operationId: string
  outcome: DecisionOutcome
  actor: Actor
  reason: string | null
  at: string
}

/** `stands`: it is the decision that its approval was decided by. */
export type JudgedDecision = DecisionRecord & { readonly stands: boolean; readonly approval: Approval | null }

/** The operation, the approval that an answer would be about, and how many people may approve: the requester rule needs to know whether there is only one. */
export type Basis = {
  readonly operation: Operation | null
  readonly seen: SeenApproval | null
  readonly approvers: number
}

/** What waits for a person, and what people answered: spec GUARD-13, 15, 28, 32, 35. */
export type Approvals = {
  /** Idempotent by id. */
  request(o: ApprovalRequest): Promise<Approval>
  get(id: string): Promise<Approval | null>
  pending(o?: { serverId?: string; limit?: number }): Promise<Approval[]>
  /** The newest of an operation. */
  forOperation(operationId: string): Promise<Approval | null>
  /** What an answer now would rest on, in one round trip. */
  basis(operationId: string): Promise<Basis>
  /**
   * Every answer is recorded, also wrong ones and those of people who may not decide. The clock is the database's. Who
   * has looked already hands in what was `seen`; it counts only if that is still so.
   */
  decide(o: {
    operationId: string
    seen?: SeenApproval | null
    actor: Actor
    decision: Decision
    mode: Settings['approval']['requesterMayApprove']
    onlyOneApprover: boolean
    roles?: Settings['approval']['roles']
    twoPersons?: Settings['approval']['twoPersons']
  }): Promise<{ decisionId: string; answer: DecisionAnswer }>
  /** What an activity checks before it believes a signal. */
  decision(decisionId: string): Promise<JudgedDecision | null>
  decisions(operationId: string): Promise<DecisionRecord[]>
  /** `expired`, or the state that it already had; still `pending` when its time is not over. */
  expire(approvalId: string): Promise<ApprovalState>
  cancel(approvalId: string, o: { actor: Actor; reason?: string }): Promise<ApprovalState>
  markExecuted(approvalId: string): Promise<void>
  markFailed(approvalId: string): Promise<void>
  /** How many of what a requester asked for since a time was stopped: refused, expired, cancelled or denied outright. */
  stopped(o: { requester: string; since: string }): Promise<number>
}

/** The module over one database. */
export function createApprovals(db: Db): Approvals {
  const select = async (rest: RawBuilder<unknown>): Promise<Approval[]> => {
    const { rows } = await sql<{
      approval: Approval
    }>`select approval_json(a) as approval from approvals a ${rest}`.execute(db)
    return rows.map((row) => row.approval)
  }
  const see = async (operationId: string) =>
    isUuid(operationId) ? call(db, sql<SeenApproval | null>`approval_seen(${operationId})`) : null
  const close = (id: string, into: ApprovalState, actor: Actor, reason?: string) =>
    call(db, sql<ApprovalState | null>`close_approval(${id}, ${into}, ${json(actor)}, ${reason ?? null})`).then(
      (state) => {
        if (state === null) throw new Error(`there is no approval ${id}`)
        return state
      },
    )

  return {
    request: (o) => call(db, sql<Approval>`request_approval(${json(o)})`),

    async get(id) {
      return isUuid(id) ? ((await select(sql`where id = ${id}`))[0] ?? null) : null
    },

    pending: ({ serverId, limit = 100 } = {}) =>
      select(sql`where state = 'pending' and expires_at > now()
        and (${serverId ?? null}::uuid is null or server_id = ${serverId ?? null}) order by created_at limit ${limit}`),

    async forOperation(operationId) {
      return (await select(sql`where operation_id = ${operationId} order by created_at desc limit 1`))[0] ?? null
    },

    async basis(operationId) {
      const nothing = { operation: null, seen: null, approvers: 0 }
      if (!isUuid(operationId)) return nothing
      const { rows } = await sql<Basis>`
        select (select operation_json(o) from operations o where o.id = ${operationId}) as operation,
          approval_seen(${operationId}) as seen,
          (select count(*)::integer from api_tokens
            where revoked_at is null and kind = 'person' and role in ('approver', 'admin')) as approvers`.execute(db)
      return rows[0] ?? nothing
    },

    async decide({ operationId, actor, decision, seen = null, ...rules }) {
      const decisionId = newId()
      for (let turn = 0; ; turn += 1) {
        const found = turn === 0 && seen !== null ? seen : await see(operationId)
        const { answer, ...verdict } = judge({ found, actor, decision, ...rules })
        const record = {
          ...verdict,
          id: decisionId,
          operationId,
          approvalId: found?.approval.id,
          actor,
          decision: decision.decision,
          reason: decision.reason,
          outcome: answer.outcome,
          message: answer.message,
        }
        // Each turn means that another answer was written down in between, and there are only so many attempts.
        if (found === null) await call(db, sql`record_decision(${json(record)})`)
        else if (!(await call(db, sql<boolean>`decide_on(${json(marksOf(found))}, ${json(record)})`))) continue
        return { decisionId, answer }
      }
    },

    async decision(decisionId) {
      if (!isUuid(decisionId)) return null
      const { rows } = await sql<JudgedDecision>`
        select ${recorded}, coalesce(a.decision_id = c.id, false) as stands,
          case when a.id is not null then approval_json(a) end as approval
        from confirmation_attempts c left join approvals a on a.id = c.approval_id where c.id = ${decisionId}`.execute(
        db,
      )
      return rows[0] ?? null
    },

    async decisions(operationId) {
      const { rows } = await sql<DecisionRecord>`
        select ${recorded} from confirmation_attempts c where c.operation_id = ${operationId} order by c.id`.execute(db)
      return rows
    },
    expire: (id) => close(id, 'expired', systemActor),
    cancel: (id, { actor, reason }) => close(id, 'cancelled', actor, reason),

    async markExecuted(id) {
      await call(db, sql`settle_approval(${id}, 'executed', null)`)
    },
    async stopped({ requester, since }) {
      const { rows } = await sql<{ number: number }>`select (
        (select count(*) from approvals where requester = ${requester} and created_at >= ${since}::timestamptz
          and state in ('refused', 'expired', 'cancelled'))
        + (select count(*) from operation_audit where action = 'guard.denied' and actor = ${requester} and at >= ${since}::timestamptz)
        )::integer as number`.execute(db)
      return rows[0]?.number ?? 0
    },
    async markFailed(id) {
      await call(db, sql`settle_approval(${id}, 'failed', null)`)
    },
  }
}

/** A decision as it was recorded, of the attempt `c`. */
const recorded = sql.raw(
  'c.id, c.approval_id as "approvalId", c.operation_id as "operationId", c.outcome, c.actor, c.reason, iso(c.at) as at',
)

/** What a judgement rests on and may change under it. */
const marksOf = ({ approval: { id, state, attempts }, isOver }: SeenApproval) => ({
  approval: { id, state, attempts },
  isOver,
})
