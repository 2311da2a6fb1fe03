import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Risk } from '../../schema/guard.ts'
import { type Answer, startTestApi, type TestApi, waitingOperation, webServer } from '../support/api.ts'
import { assessment } from '../support/operations.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
  await api.ask('admin', 'POST', '/v1/servers', webServer)
})
afterAll(() => api.stop())

const { phrase } = assessment

/** An operation that waits for a person, asked for by a role. */
const waiting = ({ risk = 'medium', ...o }: { risk?: Risk; inMs?: number; by?: 'operator' | 'approver' } = {}) =>
  waitingOperation(api, { ...o, assessment: { ...assessment, risk } })

const decide = (
  id: string,
  body: Record<string, unknown>,
  by: 'viewer' | 'operator' | 'approver' | 'admin' = 'approver',
) => api.ask(by, 'POST', `/v1/operations/${id}/approval`, body)
const of = (answer: Answer) => [answer.status, answer.text('code') || answer.text('outcome')]

async function signals(id: string): Promise<string[]> {
  const history = await api.temporal.workflow.getHandle(`command/${id}`).fetchHistory()
  return (history.events ?? []).flatMap((event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? [])
}

describe('a decision', () => {
  it('is stored first, and the signal carries nothing but its id', async () => {
    const id = await waiting()
    const answer = await decide(id, { decision: 'confirm', phrase: `  ${phrase.toUpperCase()} ` })
    expect(of(answer)).toEqual([200, 'confirmed'])
    expect(await signals(id)).toEqual(['confirm'])
    const [decision] = await api.store.approvals.decisions(id)
    expect(decision).toMatchObject({ outcome: 'confirmed', actor: { name: 'the-approver' } })
    const history = await api.temporal.workflow.getHandle(`command/${id}`).fetchHistory()
    const signal = history.events?.find((event) => event.workflowExecutionSignaledEventAttributes)
    const payload = signal?.workflowExecutionSignaledEventAttributes?.input?.payloads?.[0]?.data ?? new Uint8Array()
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual({ operationId: id, decisionId: decision?.id })
  })

  it('with a wrong phrase says which is right and how often one may still try; the third ends it', async () => {
    const id = await waiting()
    const first = await decide(id, { decision: 'confirm', phrase: 'yes' })
    expect(of(first)).toEqual([422, 'INVALID_CONFIRMATION'])
    expect(first.body).toMatchObject({ decision: { expected_phrase: phrase, remaining_attempts: 2 } })
    await decide(id, { decision: 'confirm' })
    expect(of(await decide(id, { decision: 'confirm', phrase: 'no' }))).toEqual([409, 'MAX_ATTEMPTS_EXCEEDED'])
    expect(of(await decide(id, { decision: 'confirm', phrase }))).toEqual([409, 'CONFLICT'])
    expect(await signals(id)).not.toContain('reject')
  })

  it('twice is refused the second time, and the signal that may have been lost is sent again', async () => {
    const id = await waiting()
    await decide(id, { decision: 'confirm', phrase })
    expect(of(await decide(id, { decision: 'confirm', phrase }))).toEqual([409, 'CONFLICT'])
    const stands = (await api.store.approvals.decisions(id)).filter((made) => made.outcome === 'confirmed')
    expect(stands).toHaveLength(1)
  })

  it('after the deadline is gone', async () => {
    const id = await waiting({ inMs: 1 })
    expect(of(await decide(id, { decision: 'confirm', phrase }))).toEqual([410, 'EXPIRED'])
  })

  it('of a viewer, of an operator and of the requester of a high risk is refused and recorded', async () => {
    const id = await waiting({ risk: 'high', by: 'approver' })
    for (const by of ['viewer', 'operator', 'approver'] as const) {
      expect([by, ...of(await decide(id, { decision: 'confirm', phrase }, by))]).toEqual([by, 403, 'FORBIDDEN'])
    }
    expect(await api.store.approvals.decisions(id)).toHaveLength(3)
    expect(await api.store.approvals.forOperation(id)).toMatchObject({ state: 'pending', attempts: 0 })
    const acknowledged = assessment.checklist.filter((item) => item.critical).map((item) => item.id)
    expect(of(await decide(id, { decision: 'confirm', phrase, acknowledged: [] }, 'admin'))).toEqual([
      422,
      'INVALID_CONFIRMATION',
    ])
    expect(of(await decide(id, { decision: 'confirm', phrase, acknowledged }, 'admin'))).toEqual([200, 'confirmed'])
  })

  it('of an agent is refused, whatever its role', async () => {
    const made = await api.store.tokens.create({ name: `agent-${uuidv7()}`, role: 'admin', kind: 'agent' })
    if (made.kind !== 'created') throw new Error('no token')
    const id = await waiting()
    const headers = { authorization: `Bearer ${made.token}` }
    const answer = await api.ask(
      null,
      'POST',
      `/v1/operations/${id}/approval`,
      { decision: 'confirm', phrase },
      headers,
    )
    expect(of(answer)).toEqual([403, 'FORBIDDEN'])
    const person = { name: `person-${uuidv7()}`, role: 'admin' }
    expect(of(await api.ask(null, 'POST', '/v1/tokens', person, headers))).toEqual([403, 'FORBIDDEN'])
    expect((await api.ask(null, 'POST', '/v1/tokens', { ...person, kind: 'agent' }, headers)).status).toBe(201)
  })

  it('on an operation whose workflow was terminated is told so, and the operation ends', async () => {
    const id = await waiting()
    await api.temporal.workflow.getHandle(`command/${id}`).terminate('by a test')
    expect(of(await decide(id, { decision: 'confirm', phrase }))).toEqual([409, 'CONFLICT'])
    expect(await api.store.operations.get(id)).toMatchObject({ endedAt: expect.any(String) })
  })

  it('to reject ends it', async () => {
    const id = await waiting()
    expect(of(await decide(id, { decision: 'reject', reason: 'not today' }))).toEqual([200, 'rejected'])
    expect(await signals(id)).toEqual(['reject'])
  })

  it('on a made-up operation is unknown, and is recorded', async () => {
    const id = uuidv7()
    expect(of(await decide(id, { decision: 'confirm', phrase }))).toEqual([404, 'NOT_FOUND'])
    expect(await api.store.approvals.decisions(id)).toHaveLength(1)
  })
})

it('what waits is listed and shown with the phrase, the risk and the deadline', async () => {
  const id = await waiting()
  const shown = await api.ask('viewer', 'GET', `/v1/operations/${id}/approval`)
  expect(shown.body).toMatchObject({ operation_id: id, max_attempts: 3, assessment: { phrase, risk: 'medium' } })
  const listed = await api.ask('viewer', 'GET', '/v1/approvals?server=web-1')
  expect(JSON.stringify(listed.body)).toContain(id)
})
