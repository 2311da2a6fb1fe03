import { randomUUID } from 'node:crypto'
import { ApplicationFailure } from '@temporalio/common'
import { afterEach, expect, test, vi } from 'vitest'
import { MonitoringRequest } from '../../schema/audit.ts'
import type { MonitoringInput } from '../../schema/start.ts'
import type { audit } from '../../workflows/audit.ts'
import { cancel, status } from '../../workflows/messages.ts'
import type { monitoring } from '../../workflows/monitoring.ts'
import { ada, endOf, type Fakes, openStage, type Stage } from '../support/workflows.ts'

let stage: Stage
afterEach(() => stage.close())

const server = { id: randomUUID(), name: 'web-1' }

async function start(kind: 'audit' | 'monitoring', fakes: Fakes, request: Record<string, unknown> = {}) {
  stage = await openStage({ endOperation: async () => undefined, endRuns: async () => undefined, ...fakes })
  const operationId = randomUUID()
  const input: MonitoringInput = {
    operationId,
    requester: ada,
    correlationId: 'test',
    approvalFromTemporal: false,
    server,
    request: MonitoringRequest.parse(request),
  }
  const handle = await stage.client.workflow.start<typeof audit | typeof monitoring>(kind, {
    taskQueue: stage.taskQueue,
    workflowId: `${kind}/${operationId}`,
    args: [input],
    // As the API starts it.
    memo: { status: { operationId, state: 'waiting', reason: 'worker' } },
  })
  return { handle, operationId }
}

const rounds = () => stage.calls.filter(({ activity }) => activity === 'auditServer')

test('an audit reads, tells its score, and ends without lock or plan', async () => {
  const { handle, operationId } = await start('audit', {
    auditServer: async () => ({ message: 'Score 50 of 100.', nextAuditInMs: 1_000 }),
  })
  expect(await endOf(handle)).toEqual({ state: 'succeeded', message: 'Score 50 of 100.' })
  expect(stage.names()).toEqual(['auditServer', 'endOperation'])
  expect(rounds()[0]?.input).toMatchObject({ operationId, auditId: operationId })
})

test('monitoring audits anew after the time that the audit said, each under an id of its own, until it is cancelled', async () => {
  const { handle, operationId } = await start('monitoring', {
    auditServer: async () => ({ message: 'Score 50 of 100.', nextAuditInMs: 50 }),
  })
  await vi.waitFor(() => expect(rounds().length).toBeGreaterThan(2), { timeout: 10_000 })
  const ids = rounds().map(({ input }) => JSON.parse(JSON.stringify(input)).auditId)
  expect(new Set(ids).size).toBe(ids.length)
  await handle.signal(cancel, { operationId, by: 'ada' })
  expect(await endOf(handle)).toMatchObject({ state: 'cancelled' })
})

test('monitoring begins a new history before the old one is long, and is the same operation in it', {
  timeout: 60_000,
}, async () => {
  let workflowId = ''
  const early: unknown[] = []
  const { handle, operationId } = await start('monitoring', {
    auditServer: async () => {
      // The first thing that a new run does: whoever looks already then must find the operation in it.
      if (workflowId !== '') early.push((await stage.client.workflow.getHandle(workflowId).describe()).memo)
      return { message: 'Score 50 of 100.', nextAuditInMs: 1 }
    },
  })
  ;({ workflowId } = handle)
  // By the workflow's id alone: the handle of the start knows its first run only.
  const current = stage.client.workflow.getHandle(workflowId)
  await vi.waitFor(async () => expect((await current.describe()).runId).not.toBe(handle.firstExecutionRunId), {
    timeout: 50_000,
    interval: 100,
  })
  await vi.waitFor(() => expect(early.length).toBeGreaterThan(12), { timeout: 10_000 })
  for (const memo of early) expect(memo).toMatchObject({ status: { operationId } })
  await current.signal(cancel, { operationId, by: 'ada' })
  expect(await endOf(current)).toMatchObject({ state: 'cancelled' })
})

test('monitoring goes on where a server cannot be looked at, and says so while it waits', async () => {
  const { handle, operationId } = await start('monitoring', {
    auditServer: async () => {
      throw ApplicationFailure.nonRetryable('web-1 cannot be reached.', 'HostUnreachable')
    },
  })
  await vi.waitFor(
    async () =>
      expect(await handle.query(status)).toMatchObject({
        state: 'waiting',
        reason: 'schedule',
        detail: expect.stringMatching(/^It could not be audited: web-1 cannot be reached\. Next audit at /),
      }),
    { timeout: 10_000 },
  )
  await handle.signal(cancel, { operationId, by: 'ada' })
  expect(await endOf(handle)).toMatchObject({ state: 'cancelled' })
})

test('monitoring that asks for what there is not ends, and says why', async () => {
  const { handle } = await start('monitoring', {
    auditServer: async () => {
      throw ApplicationFailure.nonRetryable('There is no profile nope.', 'PreconditionFailed')
    },
  })
  expect(await endOf(handle)).toMatchObject({ state: 'failed', message: 'There is no profile nope.' })
})

test.each([
  ['alert', 0],
  ['lockdown', 1],
] as const)(
  'monitoring with %s has what has drifted locked down again %s times, and goes on',
  async (onDrift, repairs) => {
    const { handle, operationId } = await start(
      'monitoring',
      {
        auditServer: async () => ({
          message: 'Score 50 of 100.',
          nextAuditInMs: 50,
          ...(rounds().length === 1 ? { drift: ['ssh.root-login'] } : {}),
        }),
        createRepair: async () => {
          throw ApplicationFailure.create({ message: 'one is running', type: 'PreconditionFailed', nonRetryable: true })
        },
      },
      { onDrift },
    )
    await vi.waitFor(() => expect(rounds().length).toBeGreaterThan(2), { timeout: 10_000 })
    const begun = stage.calls.filter(({ activity }) => activity === 'createRepair')
    expect(begun).toHaveLength(repairs)
    if (repairs > 0) expect(begun[0]?.input).toMatchObject({ parent: operationId, server })
    await handle.signal(cancel, { operationId, by: 'ada' })
    expect(await endOf(handle)).toMatchObject({ state: 'cancelled' })
  },
)
