import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi, waitingOperation, webServer } from '../support/api.ts'
import { alice, assessment } from '../support/operations.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
  await api.ask('admin', 'POST', '/v1/servers', webServer)
})
afterAll(() => api.stop())

const finding = { action: 'container_bulk_stop' as const, words: 'docker stop', because: '', targets: [] }

/** An approval that an operator asked for, and what an approver answers to it. */
async function decided(...phrases: readonly string[]): Promise<void> {
  const id = await waitingOperation(api, { assessment: { ...assessment, findings: [finding, finding] } })
  for (const phrase of phrases)
    await api.ask('approver', 'POST', `/v1/operations/${id}/approval`, { decision: 'confirm', phrase })
}

describe('the guard report', () => {
  it('counts nothing where nothing was stopped', async () => {
    expect((await api.ask('viewer', 'GET', '/v1/guard-report')).body).toEqual({
      from: null,
      to: null,
      asked: 0,
      denied: 0,
      wrong_phrases: 0,
      by_action: {},
      by_server: {},
      by_device: {},
      by_requester: {},
      by_confirmer: {},
      by_risk: {},
      by_outcome: {},
      time_to_confirm: null,
    })
  })

  it('counts by type, server, device, person, risk and outcome, and says how long confirming took', async () => {
    await decided(assessment.phrase)
    await decided('no', assessment.phrase)
    await decided('no', 'no', 'no')
    await decided()
    await api.store.audit.record({ action: 'guard.denied', actor: alice, success: false, security: true })
    const { body } = await api.ask('viewer', 'GET', '/v1/guard-report')
    expect(body).toMatchObject({
      asked: 4,
      denied: 1,
      wrong_phrases: 4,
      by_action: { container_bulk_stop: 4 },
      by_server: { 'web-1': 4 },
      by_device: { generic: 4 },
      by_requester: { 'the-operator': 4 },
      by_confirmer: { 'the-approver': 2 },
      by_risk: { medium: 4 },
      by_outcome: { confirmed: 2, refused: 1, pending: 1 },
      time_to_confirm: { median_ms: expect.any(Number), p95_ms: expect.any(Number), longest_ms: expect.any(Number) },
    })
  })

  it('is of one server, and of a time', async () => {
    expect((await api.ask('viewer', 'GET', '/v1/guard-report?server=web-1')).body).toMatchObject({
      asked: 4,
      denied: 0,
    })
    expect((await api.ask('viewer', 'GET', '/v1/guard-report?to=2020-01-01T00:00:00Z')).body).toMatchObject({
      asked: 0,
    })
    expect((await api.ask('viewer', 'GET', '/v1/guard-report?server=nowhere')).status).toBe(404)
  })
})
