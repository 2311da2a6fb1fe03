import { ApplicationFailure } from '@temporalio/common'
import { expect, test } from 'vitest'
import { cancel, status } from '../../workflows/messages.ts'
import { setupsOnStage } from '../support/setups.ts'
import { endOf } from '../support/workflows.ts'

const { stage, start } = setupsOnStage()
const endStored = () => stage().calls.find((call) => call.activity === 'endOperation')?.input

test('a setup plans, locks, plans again under the lock, applies each step, proves the log-in and ends succeeded', async () => {
  const { handle, operationId } = await start({})
  expect(await endOf(handle)).toMatchObject({ state: 'succeeded', stepsApplied: 3, stepsUnchanged: 0 })
  expect(stage().names()).toEqual([
    'lockServerIfFree',
    'planSetup',
    'applyStep',
    'applyStep',
    'applyStep',
    'proveLogin',
    'markSetUp',
    'endOperation',
  ])
  expect(endStored()).toMatchObject({ operationId, result: { state: 'succeeded' } })
})

test('a setup of a prepared server is unchanged', async () => {
  const { handle } = await start({ applyStep: async () => ({ state: 'unchanged' }) })
  expect(await endOf(handle)).toMatchObject({ state: 'unchanged', stepsApplied: 0, stepsUnchanged: 3 })
})

const broken = ApplicationFailure.create({
  message: '"Install curl" failed on web-1.',
  type: 'CommandFailed',
  nonRetryable: true,
})

test('a failing step takes back what was registered before it, newest first, and is never called a success', async () => {
  const { handle } = await start({
    applyStep: async ({ stepId }) => {
      if (stepId === 'packages') throw broken
      return { state: 'applied' }
    },
  })
  expect(await endOf(handle)).toMatchObject({
    state: 'rolled_back',
    message: expect.stringContaining('2 steps were taken back'),
  })
  expect(
    stage()
      .calls.filter((call) => call.activity === 'undoStep')
      .map((call) => call.input),
  ).toMatchObject([{ stepId: 'keys' }, { stepId: 'user' }])
  expect(stage().names()).not.toContain('markSetUp')
})

test('a setup that the guard stops in its middle is taken back and says so; stopped at its start it is refused', async () => {
  const stopped = ApplicationFailure.create({ message: 'stopped.', type: 'GuardRefused', nonRetryable: true })
  const stopAt = async (at: string) => {
    const { handle } = await start({
      applyStep: async ({ stepId }) => {
        if (stepId === at) throw stopped
        return { state: 'applied' }
      },
      undoStep: async ({ stepId }) => ({ state: stepId === at ? 'unchanged' : 'undone' }),
    })
    return endOf(handle)
  }
  expect(await stopAt('packages')).toMatchObject({
    state: 'rolled_back',
    message: 'stopped. 2 steps were taken back.',
  })
  await stage().close()
  expect(await stopAt('user')).toMatchObject({ state: 'refused', message: 'stopped.' })
})

test('a failing undo is told as rollback_failed, and the other steps are taken back all the same', async () => {
  const { handle } = await start({
    applyStep: async ({ stepId }) => {
      if (stepId === 'packages') throw broken
      return { state: 'applied' }
    },
    undoStep: async ({ stepId }) => {
      if (stepId === 'keys')
        throw ApplicationFailure.create({ message: 'the backup is gone', type: 'CommandFailed', nonRetryable: true })
      return { state: 'undone' }
    },
  })
  expect(await endOf(handle)).toMatchObject({
    state: 'rollback_failed',
    message: expect.stringContaining('the backup is gone'),
  })
  expect(
    stage()
      .names()
      .filter((name) => name === 'undoStep'),
  ).toHaveLength(2)
})

test('a host that stays out of reach ends the taking back: the other steps are not tried in vain', async () => {
  const { handle } = await start({
    applyStep: async ({ stepId }) => {
      if (stepId === 'packages') throw broken
      return { state: 'applied' }
    },
    undoStep: async () => {
      throw ApplicationFailure.create({
        message: 'web-1 cannot be reached',
        type: 'HostUnreachable',
        nonRetryable: true,
      })
    },
  })
  expect(await endOf(handle)).toMatchObject({
    state: 'rollback_failed',
    message: expect.stringContaining('Taking back "keys" failed too: web-1 cannot be reached'),
  })
  expect(
    stage()
      .names()
      .filter((name) => name === 'undoStep'),
  ).toHaveLength(1)
})

test('with "keep" a failure leaves what was applied', async () => {
  const { handle } = await start({ applyStep: async () => Promise.reject(broken) }, { onFailure: 'keep' })
  expect(await endOf(handle)).toMatchObject({ state: 'failed' })
  expect(stage().names()).not.toContain('undoStep')
})

test('an unknown outcome ends unknown, without undo', async () => {
  const unknown = ApplicationFailure.create({ message: 'Nobody can tell.', type: 'OutcomeUnknown', nonRetryable: true })
  const { handle } = await start({ applyStep: async () => Promise.reject(unknown) })
  expect(await endOf(handle)).toMatchObject({ state: 'unknown' })
  expect(stage().names()).not.toContain('undoStep')
})

test('a waiting setup says who holds the server, and goes on when the lock is freed', async () => {
  let asked = 0
  const { handle } = await start({
    lockServerIfFree: async () => false,
    lockServer: async () => {
      asked += 1
      return asked === 1 ? { held: false, detail: 'web-1 is held by "Run sleep"' } : { held: true }
    },
  })
  await expect
    .poll(() => handle.query(status), { timeout: 10_000 })
    .toMatchObject({ state: 'waiting', reason: 'server_lock', detail: 'web-1 is held by "Run sleep"' })
  const memo = (await handle.describe()).memo
  expect(memo).toMatchObject({ status: { state: 'waiting', reason: 'server_lock' } })
  await handle.signal('lockFreed')
  expect(await endOf(handle)).toMatchObject({ state: 'succeeded' })
  expect(stage().names().slice(0, 6)).toEqual([
    'lockServerIfFree',
    'planSetup',
    'lockServer',
    'lockServer',
    'planSetup',
    'applyStep',
  ])
})

test('cancelling ends the runs on the server before it takes anything back', async () => {
  let entered: () => void
  const running = new Promise<void>((resolve) => {
    entered = resolve
  })
  const { handle, operationId } = await start({
    applyStep: async ({ stepId }) => {
      if (stepId === 'user') return { state: 'applied' }
      entered()
      throw ApplicationFailure.create({ message: 'still trying', type: 'HostUnreachable' })
    },
  })
  await running
  await handle.signal(cancel, { operationId, by: 'ada' })
  expect(await endOf(handle)).toMatchObject({ state: 'cancelled' })
  const after = stage().names().slice(stage().names().indexOf('endRuns'))
  expect(after).toEqual(['endRuns', 'undoStep', 'undoStep', 'endOperation'])
})

test('a cancel over which the worker dies ends the runs on the server before it takes anything back', async () => {
  let entered: () => void
  const running = new Promise<void>((resolve) => {
    entered = resolve
  })
  // Without a heartbeat it never hears of the cancel, and counts as lost after ten seconds: like a dead worker's.
  const death = new AbortController()
  const dead = new Promise<void>((resolve) => death.signal.addEventListener('abort', () => resolve()))
  const { handle, operationId } = await start({
    applyStep: async ({ stepId }) => {
      if (stepId === 'user') return { state: 'applied' }
      entered()
      await dead
      return { state: 'applied' }
    },
  })
  await running
  await handle.signal(cancel, { operationId, by: 'ada' })
  expect(await endOf(handle)).toMatchObject({ state: 'cancelled' })
  death.abort()
  const after = stage().names().slice(stage().names().indexOf('endRuns'))
  expect(after).toEqual(['endRuns', 'undoStep', 'undoStep', 'endOperation'])
})

test('a cancel that cannot end what runs on the server ends unknown and takes nothing back', async () => {
  let entered: () => void
  const running = new Promise<void>((resolve) => {
    entered = resolve
  })
  const { handle, operationId } = await start({
    applyStep: async () => {
      entered()
      throw ApplicationFailure.create({ message: 'still trying', type: 'HostUnreachable' })
    },
    endRuns: async () =>
      Promise.reject(
        ApplicationFailure.create({ message: 'It is out of reach.', type: 'OutcomeUnknown', nonRetryable: true }),
      ),
  })
  await running
  await handle.signal(cancel, { operationId, by: 'ada' })
  expect(await endOf(handle)).toMatchObject({ state: 'unknown', message: expect.stringContaining('out of reach') })
  expect(stage().names()).not.toContain('undoStep')
})
