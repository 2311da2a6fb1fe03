import { randomUUID } from 'node:crypto'
import { ApplicationFailure } from '@temporalio/common'
import { afterEach, expect, test } from 'vitest'
import type { RevertNews } from '../../activities/auto-revert.ts'
import type { PlannedWork } from '../../activities/plans.ts'
import { LockdownSettings } from '../../schema/lockdown.ts'
import { armStep, disarmStep } from '../../schema/plan.ts'
import { cancel, status } from '../../workflows/messages.ts'
import type { lockdown } from '../../workflows/lockdown.ts'
import { ada, endOf, type Fakes, openStage, type Stage } from '../support/workflows.ts'

const step = (id: string, undoable = true) => ({ id, title: id, undoable, alreadySo: false })
const plan: PlannedWork = {
  id: 'plan-1',
  hash: 'a'.repeat(64),
  verdict: 'allow',
  warnings: [],
  revertAfterMs: 120_000,
  steps: [step('packages'), step(armStep), step('firewall'), step('sshd'), step(disarmStep, false)],
}
const news = (state: RevertNews['state'], problems = 0): RevertNews => ({
  state,
  restoresAt: '2026-11-21T12:02:00.000Z',
  restoredAt: state === 'restored' ? '2026-11-21T12:02:01Z' : null,
  problems,
  log: 'the last line',
})
const fails = (type: string, message: string) => ApplicationFailure.create({ message, type, nonRetryable: true })

/** What a lockdown needs when all goes well; a test overrides what it is about. */
const wellBehaved: Fakes = {
  proveKeyLogin: async () => undefined,
  planLockdown: async () => plan,
  lockServerIfFree: async () => true,
  lockServer: async () => ({ held: true }),
  applyStep: async () => ({ state: 'applied' }),
  readAutoRevert: async () => news('armed'),
  proveAccess: async () => undefined,
  undoStep: async () => ({ state: 'undone' }),
  awaitRestoration: async () => news('disarmed'),
  restoreNow: async () => undefined,
  endRuns: async () => undefined,
  markLocked: async () => undefined,
  endOperation: async () => undefined,
}

let stage: Stage
afterEach(() => stage.close())
async function start(fakes: Fakes) {
  stage = await openStage({ ...wellBehaved, ...fakes })
  const operationId = randomUUID()
  const handle = await stage.client.workflow.start<typeof lockdown>('lockdown', {
    taskQueue: stage.taskQueue,
    workflowId: `lockdown/${operationId}`,
    args: [
      {
        operationId,
        requester: ada,
        correlationId: 'test',
        approvalFromTemporal: false,
        server: { id: randomUUID(), name: 'web-1' },
        settings: LockdownSettings.parse({}),
      },
    ],
  })
  return { handle, operationId }
}
const undone = () =>
  stage.calls.filter(({ activity }) => activity === 'undoStep').map(({ input }) => Object(input).stepId)
/** Fails at one step; the others are applied. */
const failingAt = (id: string, failure: ApplicationFailure): Fakes => ({
  applyStep: async ({ stepId }) => {
    if (stepId === id) throw failure
    return { state: 'applied' }
  },
})

test('a lockdown proves the way in, arms, applies, proves it anew, disarms, and only then sets the flag', async () => {
  const { handle } = await start({})
  expect(await endOf(handle)).toMatchObject({ state: 'succeeded', stepsApplied: 5 })
  expect(stage.names()).toEqual([
    'lockServerIfFree',
    'proveKeyLogin',
    'planLockdown',
    'applyStep',
    'applyStep',
    'readAutoRevert',
    'applyStep',
    'applyStep',
    'proveAccess',
    'applyStep',
    'markLocked',
    'endOperation',
  ])
})

test('where nothing is to be done nothing is armed, and no log-in has to be proved for it', async () => {
  const { handle } = await start({ applyStep: async () => ({ state: 'unchanged' }) })
  expect(await endOf(handle)).toMatchObject({ state: 'unchanged' })
  expect(stage.names()).not.toContain('proveAccess')
  expect(stage.names()).not.toContain('readAutoRevert')
})

test('people see until when the host waits', async () => {
  let entered: () => void
  const waiting = new Promise<void>((resolve) => {
    entered = resolve
  })
  let goOn: () => void
  const released = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const { handle } = await start({
    proveAccess: async () => {
      entered()
      await released
    },
  })
  await waiting
  expect(await handle.query(status)).toMatchObject({
    state: 'running',
    detail: 'web-1 restores itself at 2026-11-21T12:02:00.000Z unless a new log-in is proved before.',
  })
  goOn!()
  expect(await endOf(handle)).toMatchObject({ state: 'succeeded' })
})

test('a failing step is taken back, the way in is proved, and the revert is disarmed last of all that it guards', async () => {
  const { handle } = await start(failingAt('sshd', fails('CommandFailed', '"sshd" failed.')))
  expect(await endOf(handle)).toMatchObject({
    state: 'rolled_back',
    message: '"sshd" failed. 3 steps were taken back.',
  })
  expect(undone()).toEqual(['sshd', 'firewall', 'packages', armStep])
  expect(stage.names().indexOf('proveAccess')).toBeGreaterThan(stage.names().indexOf('undoStep'))
  expect(stage.names()).not.toContain('markLocked')
})

test('a log-in that cannot be proved is never called a success', async () => {
  const { handle } = await start({ proveAccess: async () => Promise.reject(fails('CommandFailed', 'No log-in.')) })
  // Taken back, but the way in cannot be proved then either: the host decides.
  expect(await endOf(handle)).toMatchObject({ state: 'rolled_back' })
  expect(undone()).not.toContain(armStep)
  expect(stage.names()).not.toContain('markLocked')
})

test('the host that restored itself first is believed, even when all steps went well', async () => {
  const { handle } = await start({
    ...failingAt(disarmStep, fails('CommandFailed', 'The host was first.')),
    awaitRestoration: async () => news('restored'),
  })
  expect(await endOf(handle)).toMatchObject({
    state: 'rolled_back',
    message: expect.stringContaining('web-1 restored itself at 2026-11-21T12:02:01Z.'),
  })
  expect(stage.names()).not.toContain('markLocked')
})

test('a host that cannot be reached is waited for, and what it does not restore is taken back afterwards', async () => {
  let isBack = false
  const { handle } = await start({
    ...failingAt('sshd', fails('HostUnreachable', 'web-1 cannot be reached.')),
    undoStep: async () => {
      if (!isBack) throw fails('HostUnreachable', 'web-1 cannot be reached.')
      return { state: 'undone' }
    },
    awaitRestoration: async () => {
      isBack = true
      return news('restored')
    },
  })
  expect(await endOf(handle)).toMatchObject({
    state: 'rolled_back',
    message: expect.stringContaining('restored itself'),
  })
  expect(undone()).toEqual(['sshd', 'packages'])
})

test('an unknown outcome under an armed revert is settled by the host', async () => {
  const { handle } = await start({
    ...failingAt('sshd', fails('OutcomeUnknown', 'Nobody can tell.')),
    awaitRestoration: async () => news('restored'),
  })
  expect(await endOf(handle)).toMatchObject({
    state: 'rolled_back',
    message: expect.stringContaining('restored itself'),
  })
  expect(stage.names().indexOf('awaitRestoration')).toBeLessThan(stage.names().indexOf('undoStep'))
  expect(undone()).toEqual(['packages'])
})

test('a host that stays out of reach ends unknown', async () => {
  const { handle } = await start({
    ...failingAt('sshd', fails('HostUnreachable', 'web-1 cannot be reached.')),
    undoStep: async () => Promise.reject(fails('HostUnreachable', 'web-1 cannot be reached.')),
    awaitRestoration: async () => Promise.reject(fails('OutcomeUnknown', 'Nobody has seen it.')),
  })
  expect(await endOf(handle)).toMatchObject({
    state: 'unknown',
    message: expect.stringContaining('Nobody has seen it.'),
  })
})

test('a host that restored itself only in part is not called restored', async () => {
  const { handle } = await start({
    ...failingAt(disarmStep, fails('CommandFailed', 'The host was first.')),
    awaitRestoration: async () => news('restored', 2),
  })
  expect(await endOf(handle)).toMatchObject({
    state: 'rollback_failed',
    message: expect.stringContaining('the last line'),
  })
})

test('a revert that cannot be armed refuses the lockdown where nothing was changed before', async () => {
  const { handle } = await start({
    ...failingAt(armStep, fails('CommandFailed', 'It cannot be armed.')),
    undoStep: async () => ({ state: 'unchanged' }),
    awaitRestoration: async () => news('none'),
  })
  expect(await endOf(handle)).toMatchObject({
    state: 'refused',
    message: expect.stringContaining('Nothing was changed'),
  })
})

test('a cancel while the revert is armed takes all back before it disarms', async () => {
  let entered: () => void
  const running = new Promise<void>((resolve) => {
    entered = resolve
  })
  const { handle, operationId } = await start({
    applyStep: async ({ stepId }) => {
      if (stepId !== 'sshd') return { state: 'applied' }
      entered()
      throw ApplicationFailure.create({ message: 'still trying', type: 'HostUnreachable' })
    },
  })
  await running
  await handle.signal(cancel, { operationId, by: 'ada' })
  expect(await endOf(handle)).toMatchObject({ state: 'cancelled' })
  expect(undone()).toEqual(['sshd', 'firewall', 'packages', armStep])
})
