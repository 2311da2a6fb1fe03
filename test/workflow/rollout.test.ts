import { randomUUID } from 'node:crypto'
import { ApplicationFailure } from '@temporalio/common'
import { afterEach, expect, test } from 'vitest'
import type { PlannedWork } from '../../activities/plans.ts'
import type { DeploymentPart } from '../../schema/deployment.ts'
import type { FleetInput } from '../../schema/start.ts'
import type { fleet } from '../../workflows/fleet.ts'
import { cancel } from '../../workflows/messages.ts'
import { until } from '../support/installation.ts'
import { ada, endOf, type Fakes, openStage, type Stage } from '../support/workflows.ts'

const step = (id: string, undoable = true) => ({ id, title: id, undoable, alreadySo: false })
const planOf = (...steps: PlannedWork['steps']): PlannedWork => ({
  id: 'plan-1',
  hash: 'a'.repeat(64),
  verdict: 'allow',
  warnings: [],
  steps,
})
const plain = planOf(step('release.switch'))
const meeting = planOf(
  step('green-0.restart'),
  step('together.switch', false),
  step('proxy.switch'),
  step('together.retire', false),
  step('blue-0.stop'),
)

const servers = ['web-1', 'web-2', 'web-3', 'web-4'].map((name) => ({ id: randomUUID(), name }))
type Child = { server: { id: string; name: string }; part?: DeploymentPart }

let stage: Stage
afterEach(() => stage.close())

/** A fleet of deployments; `log` is what became of the servers, in its order. */
async function start(input: Partial<FleetInput>, fakes: Fakes = {}, plan = plain) {
  const log: string[] = []
  const names = new Map<string, string>()
  const child = (workflow: 'deployment' | 'rollback', { server, part }: Child) => {
    const operationId = randomUUID()
    names.set(operationId, server.name)
    const version = workflow === 'deployment' ? '2.0.0' : '1.0.0'
    const settings = { application: 'shop', version, ...(part === undefined ? {} : { part }) }
    const common = { operationId, requester: ada, correlationId: 'test', approvalFromTemporal: false }
    return {
      operationId,
      title: workflow,
      workflow,
      workflowId: `${workflow}/${operationId}`,
      input: { ...common, server, settings },
    }
  }
  const nameOf = (operationId: string): string => names.get(operationId) ?? 'the parent'
  stage = await openStage({
    planDeployment: async ({ kind }) => (kind === 'rollback' ? plain : plan),
    lockServerIfFree: async () => true,
    endRuns: async () => undefined,
    createChildOperation: async (work) => {
      log.push(`${work.server.name} begins${work.part === undefined ? '' : ` as ${work.part}`}`)
      return child('deployment', work)
    },
    createWayBack: async (work) => child('rollback', work),
    applyStep: async ({ operationId, stepId }) => {
      log.push(`${nameOf(operationId)} ${stepId}`)
      return { state: 'applied' }
    },
    undoStep: async ({ operationId, stepId }) => {
      log.push(`${nameOf(operationId)} undoes ${stepId}`)
      return { state: 'undone' }
    },
    recordRelease: async ({ server, settings }) => {
      log.push(`${server.name} serves ${settings.version}`)
      return { application: 'shop', release: String(settings.version), previous: '1.5.0', sha256: null }
    },
    endOperation: async () => undefined,
    ...fakes,
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
        ...input,
      },
    ],
  })
  return { handle, log, nameOf, cancel: () => handle.signal(cancel, { operationId, by: 'ada' }) }
}

const failure = (message: string) => ApplicationFailure.create({ message, type: 'CommandFailed', nonRetryable: true })
/** An activity that goes on until its workflow is cancelled: it fails, and is to be tried again. */
const stillTrying = () => ApplicationFailure.create({ message: 'still trying', type: 'HostUnreachable' })

test('where a deployment to several is cancelled, those that had the release already go back too', async () => {
  const run = await start(
    {},
    {
      recordRelease: async ({ server, settings }) => {
        run.log.push(`${server.name} serves ${settings.version}`)
        if (server.name === 'web-3' && settings.version === '2.0.0') throw stillTrying()
        return { application: 'shop', release: String(settings.version), previous: '1.5.0', sha256: null }
      },
    },
  )
  await until(async () => (run.log.includes('web-3 serves 2.0.0') ? true : null))
  await run.cancel()
  expect(await endOf(run.handle)).toMatchObject({
    state: 'cancelled',
    message: 'Cancelled. 2 servers went back to what served before.',
  })
  expect(run.log.filter((line) => line.includes('serves 1.0.0'))).toEqual(['web-2 serves 1.0.0', 'web-1 serves 1.0.0'])
  expect(run.log).toContain('web-3 undoes release.switch')
  expect(run.log).not.toContain('web-4 begins')
})

test('a cancelled deployment whose way back fails on one server says which, and does not call itself cancelled', async () => {
  const run = await start(
    {},
    {
      applyStep: async ({ operationId, stepId }) => {
        const line = `${run.nameOf(operationId)} ${stepId}`
        run.log.push(line)
        if (line === 'web-2 release.switch') throw stillTrying()
        return { state: 'applied' }
      },
      createWayBack: async () => {
        throw failure('nobody knows the way.')
      },
    },
  )
  await until(async () => (run.log.includes('web-2 release.switch') ? true : null))
  await run.cancel()
  expect(await endOf(run.handle)).toMatchObject({
    state: 'rollback_failed',
    message: 'Cancelled. Not all went back: web-1: nobody knows the way.',
  })
})

test('a canary is on the first servers alone; where it fails there, it comes to no other', async () => {
  const rollout = { kind: 'canary', first: 2, isGated: true } as const
  const run = await start(
    { rollout, batch: 2, stopAfterFailures: 3 },
    {
      applyStep: async ({ operationId }) => {
        if (run.nameOf(operationId) === 'web-2') throw failure('it answers badly.')
        return { state: 'applied' }
      },
    },
  )
  expect(await endOf(run.handle)).toMatchObject({
    state: 'rolled_back',
    message: expect.stringMatching(/web-2: rolled_back, it answers badly.*2 servers not begun.*1 server went back/),
  })
  expect(run.log.filter((line) => line.includes('begins')).toSorted()).toEqual([
    'web-1 begins as gated',
    'web-2 begins as canary',
  ])
})

test('after the canary the others get the release, none of them as a canary', async () => {
  const run = await start({ rollout: { kind: 'canary', first: 1, isGated: false }, batch: 3 })
  expect(await endOf(run.handle)).toMatchObject({ state: 'succeeded' })
  const begun = run.log.filter((line) => line.includes('begins'))
  expect([begun[0], begun.slice(1).toSorted()]).toEqual([
    'web-1 begins as canary',
    ['web-2 begins as rest', 'web-3 begins as rest', 'web-4 begins as rest'],
  ])
  expect(run.log.indexOf('web-1 serves 2.0.0')).toBeLessThan(run.log.indexOf('web-2 begins as rest'))
})

test('blue-green on several servers: none switches before all are ready, none lets the old release go before all have switched', async () => {
  const run = await start({ rollout: { kind: 'together' } }, {}, meeting)
  expect(await endOf(run.handle)).toMatchObject({ state: 'succeeded', message: 'All went well on 4 servers.' })
  const at = (stepId: string) => run.log.flatMap((line, index) => (line.endsWith(` ${stepId}`) ? [index] : []))
  expect(at('proxy.switch')).toHaveLength(4)
  expect(Math.max(...at('green-0.restart'))).toBeLessThan(Math.min(...at('proxy.switch')))
  expect(Math.max(...at('proxy.switch'))).toBeLessThan(Math.min(...at('blue-0.stop')))
})

test('blue-green on several servers: where one is not ready none switches, and all are as before', async () => {
  const run = await start(
    { rollout: { kind: 'together' } },
    {
      applyStep: async ({ operationId, stepId }) => {
        run.log.push(`${run.nameOf(operationId)} ${stepId}`)
        if (run.nameOf(operationId) === 'web-4') throw failure('it does not start.')
        return { state: 'applied' }
      },
    },
    meeting,
  )
  expect(await endOf(run.handle)).toMatchObject({
    state: 'rolled_back',
    message: expect.stringContaining('web-4: rolled_back, it does not start.'),
  })
  expect(run.log.filter((line) => line.includes('switch'))).toEqual([])
  expect(run.log.filter((line) => line.includes('undoes green-0.restart'))).toHaveLength(4)
})

test('blue-green on several servers: where one fails after the switch, all switch back', async () => {
  const run = await start(
    { rollout: { kind: 'together' } },
    {
      applyStep: async ({ operationId, stepId }) => {
        if (run.nameOf(operationId) === 'web-2' && stepId === 'proxy.switch') throw failure('nginx refuses it.')
        return { state: 'applied' }
      },
    },
    meeting,
  )
  expect(await endOf(run.handle)).toMatchObject({ state: 'rolled_back' })
  expect(run.log.filter((line) => line.includes('undoes proxy.switch'))).toHaveLength(4)
  expect(run.log.filter((line) => line.includes('serves'))).toEqual([])
})

test('blue-green on several servers: a cancel has all as before', async () => {
  const run = await start(
    { rollout: { kind: 'together' } },
    {
      applyStep: async ({ operationId, stepId }) => {
        run.log.push(`${run.nameOf(operationId)} ${stepId}`)
        if (run.nameOf(operationId) === 'web-3' && stepId === 'proxy.switch') throw stillTrying()
        return { state: 'applied' }
      },
    },
    meeting,
  )
  await until(async () => (run.log.includes('web-3 proxy.switch') ? true : null))
  await run.cancel()
  expect(await endOf(run.handle)).toMatchObject({ state: 'cancelled', message: 'Cancelled.' })
  expect(run.log.filter((line) => line.includes('undoes proxy.switch'))).toHaveLength(4)
})

test('what is watched before a step holds for its time, and a look that does not hold takes all back', async () => {
  const watched = planOf(step('proxy.share'), {
    ...step('canary.watch', false),
    watch: { forMs: 600_000, everyMs: 100 },
  })
  let looks = 0
  const run = await start(
    { servers: servers.slice(0, 1) },
    {
      lookBeforeStep: async () => {
        looks += 1
        if (looks === 3) throw failure('5 of 50 answers were bad.')
      },
    },
    watched,
  )
  expect(await endOf(run.handle)).toMatchObject({
    state: 'rolled_back',
    message: expect.stringContaining('5 of 50 answers'),
  })
  expect([looks, run.log]).toEqual([3, ['web-1 begins', 'web-1 proxy.share', 'web-1 undoes proxy.share']])
})
