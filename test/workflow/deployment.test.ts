import { randomUUID } from 'node:crypto'
import { ApplicationFailure } from '@temporalio/common'
import { afterEach, expect, test } from 'vitest'
import type { PlannedWork } from '../../activities/plans.ts'
import type { deployment } from '../../workflows/deployment.ts'
import type { fleet } from '../../workflows/fleet.ts'
import { cancel } from '../../workflows/messages.ts'
import { ada, endOf, type Fakes, openStage, type Stage } from '../support/workflows.ts'

const step = (id: string, undoable: boolean) => ({ id, title: id, undoable, alreadySo: false })
const plan: PlannedWork = {
  id: 'plan-1',
  hash: 'a'.repeat(64),
  verdict: 'allow',
  warnings: [],
  steps: [
    step('release.unpack', true),
    step('serving', true),
    step('release.switch', true),
    step('unit-0.restart', true),
    step('health-0', false),
  ],
}

const wellBehaved: Fakes = {
  planDeployment: async () => plan,
  lockServerIfFree: async () => true,
  lockServer: async () => ({ held: true }),
  applyStep: async () => ({ state: 'applied' }),
  undoStep: async () => ({ state: 'undone' }),
  endRuns: async () => undefined,
  recordRelease: async () => ({
    application: 'shop',
    release: '2.0.0-bbbbbbbb',
    previous: '1.0.0-aaaaaaaa',
    sha256: 'a'.repeat(64),
  }),
  endOperation: async () => undefined,
}

let stage: Stage
afterEach(() => stage.close())
async function start(fakes: Fakes, kind: 'deployment' | 'rollback' = 'deployment') {
  stage = await openStage({ ...wellBehaved, ...fakes })
  const operationId = randomUUID()
  const handle = await stage.client.workflow.start<typeof deployment>(kind, {
    taskQueue: stage.taskQueue,
    workflowId: `deployment/shop/${operationId}`,
    args: [
      {
        operationId,
        requester: ada,
        correlationId: 'test',
        approvalFromTemporal: false,
        server: { id: randomUUID(), name: 'web-1' },
        settings: { application: 'shop', version: '2.0.0' },
      },
    ],
  })
  return { handle, operationId }
}

test('a deployment applies its plan under the lock, and only then the release counts as the one that serves', async () => {
  const { handle } = await start({})
  expect(await endOf(handle)).toMatchObject({
    state: 'succeeded',
    message: 'shop 2.0.0-bbbbbbbb serves on web-1. Before it, 1.0.0-aaaaaaaa served.',
    deployment: { release: '2.0.0-bbbbbbbb', previous: '1.0.0-aaaaaaaa' },
  })
  expect(stage.names()).toEqual([
    'lockServerIfFree',
    'planDeployment',
    ...plan.steps.map(() => 'applyStep'),
    'recordRelease',
    'endOperation',
  ])
})

test('a rollback that finds all so already changes nothing', async () => {
  const { handle } = await start({ applyStep: async () => ({ state: 'unchanged' }) }, 'rollback')
  expect(await endOf(handle)).toMatchObject({ state: 'unchanged', stepsApplied: 0 })
})

test('a release that does not become healthy is taken back, the link before the units, and never recorded', async () => {
  const undone: string[] = []
  const { handle } = await start({
    applyStep: async ({ stepId }) => {
      if (stepId === 'health-0')
        throw ApplicationFailure.create({ message: 'not healthy.', type: 'CommandFailed', nonRetryable: true })
      return { state: 'applied' }
    },
    undoStep: async ({ stepId }) => {
      undone.push(stepId)
      return { state: 'undone' }
    },
  })
  expect(await endOf(handle)).toMatchObject({ state: 'rolled_back', message: expect.stringContaining('not healthy.') })
  expect(undone).toEqual(['unit-0.restart', 'release.switch', 'serving', 'release.unpack'])
  expect(stage.names()).not.toContain('recordRelease')
})

test('a deployment that is cancelled while it restarts ends what runs, and takes the old release back', async () => {
  let begun: () => void
  const restarting = new Promise<void>((resolve) => {
    begun = resolve
  })
  const { handle, operationId } = await start({
    applyStep: async ({ stepId }) => {
      if (stepId !== 'unit-0.restart') return { state: 'applied' }
      begun()
      throw ApplicationFailure.create({ message: 'still trying', type: 'HostUnreachable' })
    },
  })
  await restarting
  await handle.signal(cancel, { operationId, by: 'ada' })
  expect(await endOf(handle)).toMatchObject({ state: 'cancelled', message: 'Cancelled; 4 steps were taken back.' })
  expect(stage.names()).toContain('endRuns')
})

const servers = ['web-1', 'web-2', 'web-3'].map((name) => ({ id: randomUUID(), name }))

const child = (workflow: 'deployment' | 'rollback', { server }: { server: { id: string; name: string } }) => ({
  operationId: randomUUID(),
  title: `${workflow} on ${server.name}`,
  workflow,
  workflowId: `${workflow}/${randomUUID()}`,
  input: {
    operationId: randomUUID(),
    requester: ada,
    correlationId: 'test',
    approvalFromTemporal: false,
    server,
    settings: { application: 'shop', version: workflow === 'deployment' ? '2.0.0' : '1.0.0' },
  },
})

/** A fleet of deployments, one server at a time; `fails` names the server whose release is not healthy. */
async function startFleet(fails: string, before: string | null) {
  const done: string[] = []
  stage = await openStage({
    ...wellBehaved,
    createChildOperation: async (work) => child('deployment', work),
    createWayBack: async (work) => (before === null ? null : child('rollback', work)),
    lockServerIfFree: async ({ server }) => {
      if (server.name === fails)
        throw ApplicationFailure.create({ message: 'not healthy.', type: 'CommandFailed', nonRetryable: true })
      return true
    },
    recordRelease: async ({ server, settings }) => {
      done.push(`${server.name} ${settings.version}`)
      return { application: 'shop', release: String(settings.version), previous: before, sha256: null }
    },
  })
  const operationId = randomUUID()
  const handle = await stage.client.workflow.start<typeof fleet>('fleet', {
    taskQueue: stage.taskQueue,
    workflowId: `fleet/${operationId}`,
    args: [
      {
        operationId,
        requester: ada,
        correlationId: 'test',
        approvalFromTemporal: false,
        servers,
        batch: 1,
        stopAfterFailures: 1,
        work: { kind: 'deployment', settings: { application: 'shop', version: '2.0.0' } },
      },
    ],
  })
  return { end: await endOf(handle), done }
}

test('a release that fails on the second of three servers never comes to the third, and the first goes back', async () => {
  const { end, done } = await startFleet('web-2', '0.9.0')
  expect(end).toMatchObject({
    state: 'rolled_back',
    message: expect.stringMatching(/web-2: failed.*1 server not begun.*1 server went back to what served before/),
  })
  expect(done).toEqual(['web-1 2.0.0', 'web-1 1.0.0'])
})

test('where nothing served before, a fleet that fails says that there is nothing to go back to', async () => {
  const { end } = await startFleet('web-2', null)
  expect(end).toMatchObject({
    state: 'rollback_failed',
    message: expect.stringContaining('web-1: nothing served there'),
  })
})
