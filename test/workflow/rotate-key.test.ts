import { randomUUID } from 'node:crypto'
import { ApplicationFailure } from '@temporalio/common'
import { afterEach, expect, test } from 'vitest'
import type { PlannedWork } from '../../activities/plans.ts'
import { removeOldKeyStep } from '../../schema/step-names.ts'
import { cancel } from '../../workflows/messages.ts'
import type { rotateKey } from '../../workflows/rotate-key.ts'
import { ada, endOf, type Fakes, openStage, type Stage } from '../support/workflows.ts'

const add = 'authorized-keys.add'
const step = (id: string, undoable: boolean) => ({ id, title: id, undoable, alreadySo: false })
const plan: PlannedWork = {
  id: 'plan-1',
  hash: 'a'.repeat(64),
  verdict: 'allow',
  warnings: [],
  steps: [step(add, true), step(removeOldKeyStep, false)],
}
const fails = (type: string, message: string) => ApplicationFailure.create({ message, type, nonRetryable: true })

const wellBehaved: Fakes = {
  proveKeyLogin: async () => undefined,
  prepareNewKey: async () => ({
    from: { method: 'key', key: { kind: 'stored', name: 'old' } },
    to: { kind: 'stored', name: 'new', version: 1 },
  }),
  planKeyRotation: async () => plan,
  lockServerIfFree: async () => true,
  lockServer: async () => ({ held: true }),
  applyStep: async () => ({ state: 'applied' }),
  proveNewKey: async () => undefined,
  changeKey: async () => undefined,
  proveOldKeyRefused: async () => undefined,
  forgetUnusedKey: async () => undefined,
  undoStep: async () => ({ state: 'undone' }),
  endRuns: async () => undefined,
  endOperation: async () => undefined,
}

let stage: Stage
afterEach(() => stage.close())
async function start(fakes: Fakes) {
  stage = await openStage({ ...wellBehaved, ...fakes })
  const operationId = randomUUID()
  const handle = await stage.client.workflow.start<typeof rotateKey>('key_rotation', {
    taskQueue: stage.taskQueue,
    workflowId: `key-rotation/${operationId}`,
    args: [
      {
        operationId,
        requester: ada,
        correlationId: 'test',
        approvalFromTemporal: false,
        server: { id: randomUUID(), name: 'web-1' },
        settings: {},
      },
    ],
  })
  return { handle, operationId }
}

test('a key rotation adds, proves, changes the registry, removes, and proves again', async () => {
  const { handle } = await start({})
  expect(await endOf(handle)).toMatchObject({ state: 'succeeded', stepsApplied: 2 })
  expect(stage.names()).toEqual([
    'proveKeyLogin',
    'prepareNewKey',
    'lockServerIfFree',
    'planKeyRotation',
    'applyStep',
    'proveNewKey',
    'changeKey',
    'applyStep',
    'proveOldKeyRefused',
    'endOperation',
  ])
})

test('a new key that does not get in is taken away again, and the registry never hears of it', async () => {
  const { handle } = await start({
    proveNewKey: async () => Promise.reject(fails('AuthenticationRejected', 'No log-in.')),
  })
  expect(await endOf(handle)).toMatchObject({ state: 'rolled_back' })
  expect(stage.names()).toContain('undoStep')
  expect(stage.names()).toContain('forgetUnusedKey')
  expect(stage.names()).not.toContain('changeKey')
})

test('what fails once the registry has the new key takes nothing back: the new key is the one that is known', async () => {
  const { handle } = await start({
    applyStep: async ({ stepId }) => {
      if (stepId === removeOldKeyStep) throw fails('CommandFailed', 'It cannot be removed.')
      return { state: 'applied' }
    },
  })
  expect(await endOf(handle)).toMatchObject({ state: 'failed', message: 'It cannot be removed.' })
  expect(stage.names()).not.toContain('undoStep')
})

test('a cancel while the registry changes waits for that, and the new key stays', async () => {
  let entered: () => void
  const changing = new Promise<void>((resolve) => {
    entered = resolve
  })
  let goOn: () => void
  const released = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const { handle, operationId } = await start({
    changeKey: async () => {
      entered()
      await released
    },
  })
  await changing
  await handle.signal(cancel, { operationId, by: 'ada' })
  goOn!()
  expect(await endOf(handle)).toMatchObject({ state: 'cancelled' })
  expect(stage.names()).not.toContain('undoStep')
})
