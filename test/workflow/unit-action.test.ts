import { randomUUID } from 'node:crypto'
import { ApplicationFailure } from '@temporalio/common'
import { afterEach, expect, test } from 'vitest'
import type { PlannedWork } from '../../activities/plans.ts'
import { JournalRequest } from '../../schema/journal.ts'
import { type UnitOutcome, UnitActionSettings } from '../../schema/unit.ts'
import { UnitDefinitionSettings } from '../../schema/unit-definition.ts'
import { cancel } from '../../workflows/messages.ts'
import type { journal } from '../../workflows/journal.ts'
import type { unitAction } from '../../workflows/unit-action.ts'
import type { unitDefinition } from '../../workflows/unit-definition.ts'
import { ada, endOf, type Fakes, openStage, type Stage } from '../support/workflows.ts'

const step = (id: string, undoable = false) => ({ id, title: id, undoable, alreadySo: false })
const plan = (...steps: PlannedWork['steps']): PlannedWork => ({
  id: 'plan-1',
  hash: 'a'.repeat(64),
  verdict: 'allow',
  warnings: [],
  steps,
})
const web: UnitOutcome = {
  unit: 'web.service',
  active: 'active',
  sub: 'running',
  enabled: 'enabled',
  result: 'success',
  mainPid: 812,
  restarts: 2,
  since: '2026-11-21T19:07:21.000Z',
}
const fails = (type: string, message: string) => ApplicationFailure.create({ message, type, nonRetryable: true })

const wellBehaved: Fakes = {
  planUnitAction: async () => plan(step('unit.restart')),
  planUnitDefinition: async () => plan(step('unit.file', true), step('unit.start')),
  lockServerIfFree: async () => true,
  lockServer: async () => ({ held: true }),
  applyStep: async () => ({ state: 'applied' }),
  observeUnit: async () => web,
  undoStep: async () => ({ state: 'undone' }),
  endRuns: async () => undefined,
  endOperation: async () => undefined,
}

let stage: Stage
afterEach(() => stage.close())
const common = () => ({
  operationId: randomUUID(),
  requester: ada,
  correlationId: 'test',
  approvalFromTemporal: false,
  server: { id: randomUUID(), name: 'web-1' },
})

async function act(fakes: Fakes) {
  stage = await openStage({ ...wellBehaved, ...fakes })
  const settings = UnitActionSettings.parse({ service: 'web', action: 'restart' })
  return stage.client.workflow.start<typeof unitAction>('service_action', {
    taskQueue: stage.taskQueue,
    workflowId: `service_action/${randomUUID()}`,
    args: [{ ...common(), settings }],
  })
}

test('a service action plans, locks, plans anew, acts, and tells what the unit is then', async () => {
  expect(await endOf(await act({}))).toEqual({
    state: 'succeeded',
    message: 'web.service is active (running), enabled, main process 812, started again 2 times by systemd.',
    stepsApplied: 1,
    stepsUnchanged: 0,
    service: web,
  })
  expect(stage.names()).toEqual(['lockServerIfFree', 'planUnitAction', 'applyStep', 'observeUnit', 'endOperation'])
})

test('where nothing was needed a service action is unchanged', async () => {
  const handle = await act({ applyStep: async () => ({ state: 'unchanged' }) })
  expect(await endOf(handle)).toMatchObject({
    state: 'unchanged',
    message: expect.stringContaining('Nothing was needed. web.service is active (running)'),
  })
})

test('an action that was done is no failure because the unit cannot be looked at afterwards', async () => {
  const handle = await act({ observeUnit: async () => Promise.reject(fails('HostUnreachable', 'It is away.')) })
  expect(await endOf(handle)).toEqual({
    state: 'succeeded',
    message: 'What it is now could not be seen.',
    stepsApplied: 1,
    stepsUnchanged: 0,
  })
})

test('an action that fails is told as its step tells it, and the unit is not looked at', async () => {
  const handle = await act({ applyStep: async () => Promise.reject(fails('CommandFailed', 'web.service is failed.')) })
  expect(await endOf(handle)).toMatchObject({ state: 'failed', message: 'web.service is failed.' })
  expect(stage.names()).not.toContain('observeUnit')
})

test('a definition whose service does not come up is taken back from the file on', async () => {
  stage = await openStage({
    ...wellBehaved,
    applyStep: async ({ stepId }) => {
      if (stepId === 'unit.start') throw fails('CommandFailed', 'web.service is failed.')
      return { state: 'applied' }
    },
  })
  const settings = UnitDefinitionSettings.parse({
    service: 'web',
    definition: { description: 'The web', command: ['/usr/bin/node'] },
  })
  const handle = await stage.client.workflow.start<typeof unitDefinition>('service_definition', {
    taskQueue: stage.taskQueue,
    workflowId: `service_definition/${randomUUID()}`,
    args: [{ ...common(), settings }],
  })
  expect(await endOf(handle)).toMatchObject({
    state: 'rolled_back',
    message: 'web.service is failed. 1 steps were taken back.',
  })
})

test('a journal that is followed ends when it is cancelled, and holds no lock', async () => {
  let entered: () => void
  const following = new Promise<void>((resolve) => {
    entered = resolve
  })
  stage = await openStage({
    ...wellBehaved,
    readJournal: async () => {
      entered()
      throw ApplicationFailure.create({ message: 'The worker let go of the run.', type: 'Detached' })
    },
  })
  const start = common()
  const handle = await stage.client.workflow.start<typeof journal>('journal', {
    taskQueue: stage.taskQueue,
    workflowId: `journal/${start.operationId}`,
    args: [{ ...start, settings: JournalRequest.parse({ service: 'web', follow: true }) }],
  })
  await following
  await handle.signal(cancel, { operationId: start.operationId, by: 'ada' })
  expect(await endOf(handle)).toMatchObject({ state: 'cancelled' })
  expect(stage.names()).not.toContain('lockServer')
})
