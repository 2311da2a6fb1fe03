import { ApplicationFailure } from '@temporalio/common'
import { expect, test } from 'vitest'
import { confirm, pendingConfirmation, reject, status } from '../../workflows/messages.ts'
import { plan, setupsOnStage } from '../support/setups.ts'
import { endOf, question } from '../support/workflows.ts'

const { stage, start } = setupsOnStage()

const asking = { ...plan, verdict: 'confirm' as const }

test('a plan that asks waits for a person, counts a wrong phrase and goes on after a confirmed one', async () => {
  const { handle, operationId } = await start({
    planSetup: async () => asking,
    requestPlanApproval: async () => question(60_000),
    checkDecision: async ({ message }) =>
      message.decisionId === 'right' ? { kind: 'confirmed', value: null } : { kind: 'wrong', attempts: 1 },
  })
  await expect.poll(() => handle.query(status), { timeout: 10_000 }).toMatchObject({ state: 'awaiting_approval' })
  await handle.signal(confirm, { operationId, decisionId: 'wrong' })
  await expect
    .poll(() => handle.query(pendingConfirmation), { timeout: 10_000 })
    .toMatchObject({ attempts: 1, phrase: 'yes, go' })
  expect(stage().names()).not.toContain('lockServer')
  await handle.signal(confirm, { operationId, decisionId: 'right' })
  expect(await endOf(handle)).toMatchObject({ state: 'succeeded' })
})

test('a rejection ends refused: the server was not locked while it asked, and nothing is applied', async () => {
  const { handle, operationId } = await start({
    planSetup: async () => asking,
    requestPlanApproval: async () => question(60_000),
    checkDecision: async () => ({ kind: 'refused', because: 'Rejected by grace.' }),
  })
  await handle.signal(reject, { operationId, decisionId: 'no' })
  expect(await endOf(handle)).toMatchObject({ state: 'refused', message: 'Rejected by grace.' })
  expect(stage().names().slice(0, 4)).toEqual(['lockServerIfFree', 'planSetup', 'unlockServer', 'requestPlanApproval'])
  expect(stage().names()).not.toContain('applyStep')
})

test('expiry means refused; a confirmation that the store holds from before the deadline still counts', async () => {
  const { handle } = await start({
    planSetup: async () => asking,
    requestPlanApproval: async () => question(300),
    expireApproval: async () => ({ state: 'expired', decisionId: null }),
  })
  expect(await endOf(handle)).toMatchObject({ state: 'refused', message: expect.stringContaining('expired') })
  await stage().close()

  const late = await start({
    planSetup: async () => asking,
    requestPlanApproval: async () => question(300),
    expireApproval: async () => ({ state: 'confirmed', decisionId: 'right' }),
    checkDecision: async () => ({ kind: 'confirmed', value: null }),
  })
  expect(await endOf(late.handle)).toMatchObject({ state: 'succeeded' })
})

test('a plan that changed under the lock is asked about again before anything is applied', async () => {
  let planned = 0
  const { handle } = await start({
    planSetup: async () => {
      planned += 1
      return { ...asking, id: `plan-${planned}`, hash: (planned === 1 ? 'a' : 'b').repeat(64) }
    },
    requestPlanApproval: async () => ({ ...question(60_000), approvalId: `approval-${planned}` }),
    checkDecision: async () => ({ kind: 'confirmed', value: null }),
  })
  const { operationId } = await handle.query(status)
  await handle.signal(confirm, { operationId, decisionId: 'first' })
  await expect
    .poll(
      () =>
        stage()
          .names()
          .filter((name) => name === 'requestPlanApproval').length,
      { timeout: 10_000 },
    )
    .toBe(2)
  expect(stage().names()).toContain('unlockServer')
  expect(stage().names()).not.toContain('applyStep')
  await handle.signal(confirm, { operationId, decisionId: 'second' })
  expect(await endOf(handle)).toMatchObject({ state: 'succeeded' })
})

test('what takes an approved plan back names its approval, and that of a plan that did not ask names none', async () => {
  const broken = ApplicationFailure.create({ message: 'broken', type: 'CommandFailed', nonRetryable: true })
  const breakAtPackages = async ({ stepId }: { stepId: string }) => {
    if (stepId === 'packages') throw broken
    return { state: 'applied' as const }
  }
  const asked = await start({
    planSetup: async () => asking,
    requestPlanApproval: async () => question(60_000),
    checkDecision: async () => ({ kind: 'confirmed', value: null }),
    applyStep: breakAtPackages,
  })
  await asked.handle.signal(confirm, { operationId: asked.operationId, decisionId: 'right' })
  expect(await endOf(asked.handle)).toMatchObject({ state: 'rolled_back' })
  expect(undone()).toEqual([
    { stepId: 'keys', approvalId: 'approval-1' },
    { stepId: 'user', approvalId: 'approval-1' },
  ])
  await stage().close()
  expect(await endOf((await start({ applyStep: breakAtPackages })).handle)).toMatchObject({ state: 'rolled_back' })
  expect(undone()).toEqual([
    { stepId: 'keys', approvalId: null },
    { stepId: 'user', approvalId: null },
  ])
})

const undone = () =>
  stage()
    .calls.filter(({ activity }) => activity === 'undoStep')
    .map(({ input }) => ({ stepId: Object(input).stepId, approvalId: Object(input).approvalId }))

test('the current details show the plan, the question and the end', async () => {
  const { handle } = await start({ planSetup: async () => asking, requestPlanApproval: async () => question(60_000) })
  await expect.poll(() => handle.query(status), { timeout: 10_000 }).toMatchObject({ state: 'awaiting_approval' })
  const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata')
  expect(metadata.currentDetails).toContain('yes, go')
  expect(metadata.currentDetails).toContain('Create the user app')
  await handle.terminate()
})
