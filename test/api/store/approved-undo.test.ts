import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Intent } from '../../../store/index.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { addServer, approvalRequest, bob, digest, intent, startOperation } from '../../support/operations.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const subject = { kind: 'plan', digest: digest('d') } as const

async function confirmedPlan() {
  const { store } = database
  const operation = await startOperation(store, await addServer(store))
  const request = approvalRequest(operation, { subject: { ...subject, shown: 'setup' } })
  const approval = await store.approvals.request(request)
  const { answer } = await store.approvals.decide({
    operationId: operation.id,
    actor: bob,
    decision: { decision: 'confirm', phrase: approval.assessment.phrase, acknowledged: [] },
    mode: 'below_high',
    onlyOneApprover: false,
  })
  expect(answer.outcome).toBe('confirmed')
  return { operation, approval }
}

test('an approval of a plan lets what takes it back be tried again, once the try before it was cut off and not before', async () => {
  const { runs } = database.store
  const { operation, approval } = await confirmedPlan()
  const run = (stepId: string, tries: number, change: Partial<Intent> = {}) =>
    intent(operation, {
      runId: `${operation.id}.${stepId}.0.${tries}`,
      stepId,
      tries,
      approval: { id: approval.id, subject },
      ...change,
    })
  const used = { kind: 'refused', because: 'approval_used' }
  const killed = { kind: 'killed', signal: 'KILL', durationMs: 1, timedOut: false } as const
  const first = run('undo-user', 1)
  expect(await runs.intend(run('undo-user', 2))).toMatchObject(used)
  expect(await runs.intend(first)).toMatchObject({ kind: 'new', bound: { subject, runId: first.runId } })
  expect(await runs.intend(first)).toMatchObject({ kind: 'existing', bound: { runId: first.runId } })
  expect(await runs.intend(run('undo-user', 2))).toMatchObject(used)
  await runs.finish(first.runId, { kind: 'unknown', because: 'the host went down' })
  const second = run('undo-user', 2)
  expect(await runs.intend(run('undo-user', 3))).toMatchObject(used)
  expect(await runs.intend(run('undo-user', 2, { digest: digest('f') }))).toMatchObject(used)
  expect(await runs.intend(run('undo-user', 2, { commandIndex: 1 }))).toMatchObject(used)
  expect(await runs.intend(second)).toMatchObject({ kind: 'new', bound: { runId: second.runId } })
  expect(await runs.intend({ ...second, runId: `${second.runId}x` })).toMatchObject(used)
  await runs.finish(second.runId, killed)
  const third = run('undo-user', 3)
  expect(await runs.intend(third)).toMatchObject({ kind: 'new' })
  await runs.finish(third.runId, { kind: 'exited', exitCode: 1, durationMs: 1, timedOut: false })
  expect(await runs.intend(run('undo-user', 4))).toMatchObject(used)

  const forward = run('user', 1)
  expect(await runs.intend(forward)).toMatchObject({ kind: 'new' })
  await runs.finish(forward.runId, killed)
  expect(await runs.intend(run('user', 2))).toMatchObject(used)
})
