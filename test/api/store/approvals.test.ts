import { v7 as newId } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Approval, Decision } from '../../../schema/approval.ts'
import type { Actor } from '../../../schema/identity.ts'
import type { Server } from '../../../schema/server.ts'
import { isBound, type ApprovalRequest, type Operation } from '../../../store/index.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import {
  addServer,
  alice,
  approvalRequest,
  assessment,
  bob,
  digest,
  intent,
  startOperation,
} from '../../support/operations.ts'

let database: TestDatabase
let server: Server
beforeAll(async () => {
  database = await createTestDatabase()
  server = await addServer(database.store)
})
afterAll(() => database.drop())

async function ask(change: Partial<ApprovalRequest> = {}): Promise<{ operation: Operation; approval: Approval }> {
  const operation = await startOperation(database.store, server)
  return { operation, approval: await database.store.approvals.request(approvalRequest(operation, change)) }
}

const right: Decision = { decision: 'confirm', phrase: '  YES, stop all 12 containers ', acknowledged: [] }
const wrong: Decision = { ...right, phrase: 'yes' }

async function decide(operationId: string, decision: Decision, actor: Actor = bob, onlyOneApprover = false) {
  return database.store.approvals.decide({ operationId, actor, decision, mode: 'below_high', onlyOneApprover })
}

async function confirmed(change: Partial<ApprovalRequest> = {}) {
  const asked = await ask(change)
  expect((await decide(asked.operation.id, right)).answer.outcome).toBe('confirmed')
  return asked
}

describe('deciding', () => {
  test('confirms with the right phrase, whatever its case and the space around it, and only once', async () => {
    const { operation, approval } = await ask()
    const first = await decide(operation.id, right)
    const second = await decide(operation.id, right)
    expect(first.answer.outcome).toBe('confirmed')
    expect(second.answer).toMatchObject({ outcome: 'already_decided', remainingAttempts: null })
    expect(await database.store.approvals.get(approval.id)).toMatchObject({ state: 'confirmed', decidedBy: 'bob' })
    expect(await database.store.approvals.decision(first.decisionId)).toMatchObject({
      stands: true,
      outcome: 'confirmed',
    })
    expect(await database.store.approvals.decision(second.decisionId)).toMatchObject({ stands: false })
  })

  test('ends with the third wrong phrase; then the right one comes too late', async () => {
    const { operation, approval } = await ask()
    const answers = []
    for (const decision of [wrong, wrong, wrong, right]) answers.push((await decide(operation.id, decision)).answer)
    expect(answers).toMatchObject([
      { outcome: 'invalid_confirmation', remainingAttempts: 2, expectedPhrase: assessment.phrase },
      { outcome: 'invalid_confirmation', remainingAttempts: 1 },
      { outcome: 'max_attempts_exceeded', remainingAttempts: null },
      { outcome: 'already_decided' },
    ])
    expect(await database.store.approvals.get(approval.id)).toMatchObject({ state: 'refused', attempts: 3 })
  })

  test('counts ten wrong phrases at once as three, and ends', async () => {
    const { operation } = await ask()
    const answers = await Promise.all(Array.from({ length: 10 }, () => decide(operation.id, wrong)))
    const outcomes = answers.map(({ answer }) => answer.outcome).toSorted()
    expect(outcomes).toEqual([
      ...Array(7).fill('already_decided'),
      'invalid_confirmation',
      'invalid_confirmation',
      'max_attempts_exceeded',
    ])
  })

  test('lets one of twenty right phrases at once confirm', async () => {
    const { operation } = await ask()
    const answers = await Promise.all(Array.from({ length: 20 }, () => decide(operation.id, right)))
    expect(answers.filter(({ answer }) => answer.outcome === 'confirmed')).toHaveLength(1)
  })

  test('is over after the deadline, and the approval expires with it', async () => {
    const { operation, approval } = await ask({ expiresAt: new Date(Date.now() - 1).toISOString() })
    expect((await decide(operation.id, right)).answer.outcome).toBe('expired')
    expect(await database.store.approvals.get(approval.id)).toMatchObject({ state: 'expired' })
    expect((await decide(operation.id, right)).answer.outcome).toBe('expired')
  })

  test('rejects without a phrase, and the requester may reject too', async () => {
    const { operation, approval } = await ask()
    const answer = await decide(operation.id, { decision: 'reject', acknowledged: [], reason: 'not today' }, alice)
    expect(answer.answer.outcome).toBe('rejected')
    expect(await database.store.approvals.get(approval.id)).toMatchObject({ state: 'refused', decidedBy: 'alice' })
    expect(await database.store.approvals.decision(answer.decisionId)).toMatchObject({
      reason: 'not today',
      stands: true,
    })
  })

  test('wants the critical items acknowledged at high risk, without counting an attempt', async () => {
    const { operation, approval } = await ask({ assessment: { ...assessment, risk: 'high' } })
    const madeUp = await decide(operation.id, { ...right, acknowledged: ['calendar', 'made-up'] })
    expect(madeUp.answer).toMatchObject({ outcome: 'not_acknowledged', remainingAttempts: 3 })
    expect(madeUp.answer.message).toContain('backup')
    expect((await decide(operation.id, { ...right, acknowledged: ['backup'] })).answer.outcome).toBe('confirmed')
    expect(await database.store.approvals.get(approval.id)).toMatchObject({ attempts: 0 })
  })

  test('lets the requester approve below high risk, and above it only where nobody else can', async () => {
    expect((await decide((await ask()).operation.id, right, alice)).answer.outcome).toBe('confirmed')
    const { operation } = await ask({ assessment: { ...assessment, risk: 'critical' } })
    const seen = { ...right, acknowledged: ['backup'] }
    expect((await decide(operation.id, seen, alice)).answer.outcome).toBe('requester_may_not_approve')
    expect((await decide(operation.id, seen, alice, true)).answer.outcome).toBe('confirmed')
  })

  test('refuses viewers, operators and agents, and records them', async () => {
    const { operation } = await ask()
    const viewer: Actor = { ...bob, name: 'vera', role: 'viewer' }
    const agent: Actor = { ...bob, name: 'robot', kind: 'agent', role: 'admin', interface: 'mcp' }
    for (const actor of [viewer, { ...viewer, role: 'operator' } as const, agent])
      expect((await decide(operation.id, right, actor)).answer.outcome).toBe('requester_may_not_approve')
    const recorded = await database.store.approvals.decisions(operation.id)
    expect(recorded.map((attempt) => attempt.actor.name)).toEqual(['vera', 'vera', 'robot'])
  })

  test('answers a made-up id with an error and a hint, and records that too', async () => {
    for (const id of [newId(), 'op-123']) {
      const { answer, decisionId } = await decide(id, right)
      expect(answer).toMatchObject({ outcome: 'error', hint: expect.stringContaining('expired or been cancelled') })
      expect(await database.store.approvals.decision(decisionId)).toMatchObject({
        operationId: id,
        approvalId: null,
        stands: false,
      })
      const [record] = await database.store.audit.list({ filters: { operationId: id }, limit: 1 })
      expect(record).toMatchObject({ action: 'approval.confirm', security: true, success: false, actor: 'bob' })
    }
    expect(await database.store.approvals.decision(newId())).toBeNull()
  })

  test('leaves an event and a marked audit record of each attempt, and never what was typed', async () => {
    const { operation } = await ask()
    await decide(operation.id, { ...wrong, phrase: 'hunter2-typed-by-mistake' })
    await decide(operation.id, right)
    const events = await database.store.events.after({ operationId: operation.id, seq: 1, limit: 10 })
    expect(events.map((event) => event.data.outcome ?? event.data.state ?? 'requested')).toEqual([
      'awaiting_approval',
      'requested',
      'invalid_confirmation',
      'confirmed',
    ])
    const records = await database.store.audit.list({
      filters: { operationId: operation.id, security: true },
      limit: 10,
    })
    expect(records.map((record) => [record.action, record.success, record.actor])).toEqual([
      ['approval.confirm', true, 'bob'],
      ['approval.confirm', false, 'bob'],
      ['approval.requested', true, 'alice'],
    ])
    expect(JSON.stringify([events, records])).not.toContain('hunter2')
  })
})

describe('expiry and cancelling', () => {
  test('an approval expires only when its time is over, and answers the state it had otherwise', async () => {
    const { approvals } = database.store
    const open = await ask()
    expect(await approvals.expire(open.approval.id)).toBe('pending')
    const over = await ask({ expiresAt: new Date(Date.now() - 1).toISOString() })
    expect(await approvals.expire(over.approval.id)).toBe('expired')
    const done = await confirmed()
    expect(await approvals.expire(done.approval.id)).toBe('confirmed')
  })

  test('a cancelled one is no longer listed and can no longer be confirmed', async () => {
    const { approvals } = database.store
    const { operation, approval } = await ask()
    const pending = async () => (await approvals.pending({ serverId: server.id })).map((found) => found.id)
    expect(await pending()).toContain(approval.id)
    expect(await approvals.cancel(approval.id, { actor: bob, reason: 'changed my mind' })).toBe('cancelled')
    expect(await pending()).not.toContain(approval.id)
    expect((await decide(operation.id, right)).answer.outcome).toBe('already_decided')
  })

  test('asking again with the same id changes nothing', async () => {
    const { operation, approval } = await ask()
    await decide(operation.id, wrong)
    const again = await database.store.approvals.request(approvalRequest(operation, { id: approval.id }))
    expect(again).toMatchObject({ id: approval.id, attempts: 1 })
  })
})

const forCommand = (id: string) => ({ approval: { id, subject: { kind: 'command', digest: digest('a') } as const } })

describe('using an approval', () => {
  test('binds it to the run; that run may come back, no other may use it', async () => {
    const { runs, approvals } = database.store
    const { operation, approval } = await confirmed()
    const wanted = intent(operation, forCommand(approval.id))
    const first = await runs.intend(wanted)
    expect(first).toMatchObject({
      kind: 'new',
      bound: { approvalId: approval.id, runId: wanted.runId, requester: 'alice' },
    })
    expect(first.kind === 'new' && first.bound && isBound(first.bound)).toBe(true)
    expect(await runs.intend(wanted)).toMatchObject({ kind: 'existing', bound: { runId: wanted.runId } })

    const other = intent(operation, { ...forCommand(approval.id), runId: `${operation.id}/main/0/2` })
    expect(await runs.intend(other)).toMatchObject({ kind: 'refused', because: 'approval_used' })
    await runs.finish(wanted.runId, { kind: 'exited', exitCode: 0, durationMs: 1, timedOut: false })
    expect(await approvals.get(approval.id)).toMatchObject({ state: 'executed' })
    expect(await runs.intend(other)).toMatchObject({ kind: 'refused', because: 'approval_used' })
    expect(await runs.intend(wanted)).toMatchObject({ kind: 'existing', bound: { runId: wanted.runId } })
  })

  test('one of ten runs at once gets it', async () => {
    const { operation, approval } = await confirmed()
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        database.store.runs.intend(
          intent(operation, { ...forCommand(approval.id), runId: `${operation.id}/main/0/${n}` }),
        ),
      ),
    )
    expect(answers.filter((answer) => answer.kind === 'new')).toHaveLength(1)
    expect(answers.filter((answer) => answer.kind === 'refused' && answer.because === 'approval_used')).toHaveLength(9)
  })

  test('is refused while it is not confirmed', async () => {
    const { operation, approval } = await ask()
    const answer = await database.store.runs.intend(intent(operation, forCommand(approval.id)))
    expect(answer).toMatchObject({ kind: 'refused', because: 'approval_not_confirmed' })
  })

  test('is refused for an altered command, for another operation, and when it is made up; nothing is recorded to run', async () => {
    const { runs } = database.store
    const { operation, approval } = await confirmed()
    const altered = intent(operation, { digest: digest('b'), ...forCommand(approval.id) })
    const pretended = { id: approval.id, subject: { kind: 'command', digest: digest('b') } as const }
    const another = await startOperation(database.store, server)
    const cases = [
      [altered, 'approval_for_another_command'],
      [intent(operation, { digest: digest('b'), approval: pretended }), 'approval_for_another_command'],
      [intent(another, forCommand(approval.id)), 'approval_of_another'],
      [intent(operation, forCommand(newId())), 'approval_unknown'],
    ] as const
    for (const [wanted, because] of cases) {
      expect(await runs.intend(wanted)).toMatchObject({ kind: 'refused', because })
      expect(await runs.get(wanted.runId)).toBeNull()
    }
  })

  test('of a plan covers each of its commands once', async () => {
    const { runs } = database.store
    const subject = { kind: 'plan', digest: digest('d') } as const
    const { operation, approval } = await confirmed({ subject: { ...subject, shown: 'setup' } })
    const run = (stepId: string, tried: number) =>
      intent(operation, {
        runId: `${operation.id}/${stepId}/0/${tried}`,
        stepId,
        approval: { id: approval.id, subject },
      })
    expect(await runs.intend(run('user', 1))).toMatchObject({ kind: 'new', bound: { subject } })
    expect(await runs.intend(run('keys', 1))).toMatchObject({ kind: 'new', bound: { subject } })
    expect(await runs.intend(run('user', 2))).toMatchObject({ kind: 'refused', because: 'approval_used' })
  })
})
