import { randomUUID } from 'node:crypto'
import type { WorkflowHandle } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { afterEach, expect, test } from 'vitest'
import type { CommandAnswer } from '../../activities/commands.ts'
import type { Assessment } from '../../schema/guard.ts'
import type { CommandInput } from '../../schema/start.ts'
import type { command } from '../../workflows/command.ts'
import { confirm, confirmNow, sendSignal, status } from '../../workflows/messages.ts'
import { ada, endOf, type Fakes, openStage, question, type Stage } from '../support/workflows.ts'

let stage: Stage
afterEach(() => stage.close())

const server = { id: randomUUID(), name: 'web-1' }
const done: CommandAnswer = {
  kind: 'ended',
  result: { state: 'succeeded', message: 'Exit status 0 on web-1.', exitCode: 0 },
}

const assessment: Assessment = {
  verdict: 'confirm',
  risk: 'high',
  findings: [],
  affectedCount: 1,
  countIsEstimate: false,
  affectedItems: [],
  dependencies: [],
  downtime: 'unknown',
  rollbackPossible: false,
  phrase: 'yes, go',
  summary: 'It removes a user.',
  warnings: [],
  alternatives: [],
  checklist: [],
  deviceChecks: [],
  production: false,
  batches: [],
  split: null,
  rollback: null,
}

async function start(fakes: Fakes, o: { harmless: boolean; approvalFromTemporal?: boolean }) {
  stage = await openStage({ endOperation: async () => undefined, ...fakes })
  const operationId = randomUUID()
  const input: CommandInput = {
    operationId,
    requester: ada,
    correlationId: 'test',
    approvalFromTemporal: o.approvalFromTemporal ?? false,
    server,
    shown: 'userdel bob',
    harmless: o.harmless,
  }
  const handle = await stage.client.workflow.start<typeof command>('command', {
    taskQueue: stage.taskQueue,
    workflowId: `command/${operationId}`,
    args: [input],
  })
  return { handle, operationId }
}

test('a harmless command is one activity', async () => {
  const { handle } = await start({ runCommand: async () => done }, { harmless: true })
  expect(await endOf(handle)).toMatchObject({ state: 'succeeded', exitCode: 0 })
  expect(stage.names()).toEqual(['runCommand'])
})

test('a harmless command on a locked server waits in the queue and then runs', async () => {
  let asked = 0
  const { handle } = await start(
    {
      runCommand: async () => {
        asked += 1
        return asked === 1 ? { kind: 'locked', detail: 'held' } : done
      },
      lockServer: async () => ({ held: true }),
    },
    { harmless: true },
  )
  expect(await endOf(handle)).toMatchObject({ state: 'succeeded' })
  expect(stage.names()).toEqual(['runCommand', 'lockServer', 'runCommand'])
})

test('a destructive command runs once after its confirmation, however often it is confirmed', async () => {
  const { handle, operationId } = await start(
    {
      assessCommand: async () => ({ kind: 'destructive', assessment }),
      requestCommandApproval: async () => question(60_000),
      runCommand: async ({ approval }) =>
        approval?.message?.decisionId === 'right'
          ? done
          : { kind: 'not_approved', verdict: { kind: 'wrong', attempts: 1 } },
    },
    { harmless: false },
  )
  await expect.poll(() => handle.query(status), { timeout: 10_000 }).toMatchObject({ state: 'awaiting_approval' })
  expect(stage.names()).not.toContain('runCommand')
  await handle.signal(confirm, { operationId, decisionId: 'wrong' })
  await handle.signal(confirm, { operationId, decisionId: 'right' })
  await handle.signal(confirm, { operationId, decisionId: 'right' })
  expect(await endOf(handle)).toMatchObject({ state: 'succeeded' })
  expect(stage.names().filter((name) => name === 'runCommand')).toHaveLength(2)
})

test('a target set that grew since it was asked is asked about again', async () => {
  let runs = 0
  const { handle, operationId } = await start(
    {
      assessCommand: async () => ({ kind: 'destructive', assessment }),
      requestCommandApproval: async () => question(60_000),
      runCommand: async () => {
        runs += 1
        return runs === 1 ? { kind: 'needs_approval' } : done
      },
    },
    { harmless: false },
  )
  await handle.signal(confirm, { operationId, decisionId: 'first' })
  await expect
    .poll(() => stage.names().filter((name) => name === 'requestCommandApproval').length, { timeout: 10_000 })
    .toBe(2)
  await handle.signal(confirm, { operationId, decisionId: 'second' })
  expect(await endOf(handle)).toMatchObject({ state: 'succeeded' })
})

test('a command that the worker finds dangerous asks even when it was started as harmless', async () => {
  const { handle } = await start(
    {
      runCommand: async () => ({ kind: 'needs_approval' }),
      assessCommand: async () => ({ kind: 'destructive', assessment }),
      requestCommandApproval: async () => question(200),
      expireApproval: async () => ({ state: 'expired', decisionId: null }),
    },
    { harmless: true },
  )
  expect(await endOf(handle)).toMatchObject({ state: 'refused' })
})

test('a signal goes to the command that runs, and the operation ends as the command does', async () => {
  let letEnd: (() => void) | undefined
  const ends = new Promise<void>((resolve) => {
    letEnd = resolve
  })
  const { handle, operationId } = await start(
    {
      runCommand: async () => {
        await ends
        return { kind: 'ended', result: { state: 'failed', message: 'Ended on web-1 by signal SIGTERM.' } }
      },
      signalRuns: async ({ signal }) => {
        if (signal === 'TERM') letEnd?.()
        throw ApplicationFailure.nonRetryable('the host did not take it')
      },
    },
    { harmless: true },
  )
  await handle.signal(sendSignal, { operationId: randomUUID(), signal: 'TERM', by: 'mallory' })
  for (const nothing of [null, { operationId }, { operationId, signal: 'HUP' }])
    await handle.signal('sendSignal', nothing)
  for (const signal of ['KILL', 'TERM'] as const) await handle.signal(sendSignal, { operationId, signal, by: 'ada' })
  expect(await endOf(handle)).toMatchObject({ state: 'failed', message: 'Ended on web-1 by signal SIGTERM.' })
  expect(stage.calls.filter(({ activity }) => activity === 'signalRuns').map(({ input }) => input)).toEqual([
    { operationId, server, signal: 'KILL', by: 'ada' },
    { operationId, server, signal: 'TERM', by: 'ada' },
  ])
})

test('a phrase typed the moment the question is stored is judged, and one without a question is told so', async () => {
  let letAsk: (() => void) | undefined
  const typed = new Promise<void>((resolve) => {
    letAsk = resolve
  })
  const { handle, operationId } = await start(
    {
      assessCommand: async () => ({ kind: 'destructive', assessment }),
      requestCommandApproval: async () => {
        await typed
        return question(60_000)
      },
      decideFromTemporal: async () => ({
        decisionId: 'right',
        answer: {
          outcome: 'confirmed',
          message: 'Confirmed.',
          expectedPhrase: null,
          remainingAttempts: null,
          hint: null,
        },
      }),
      runCommand: async () => done,
    },
    { harmless: false, approvalFromTemporal: true },
  )
  const args: [{ operationId: string; phrase: string }] = [{ operationId, phrase: 'yes, go' }]
  const early = handle.executeUpdate(confirmNow, { args })
  await expect(early).rejects.toMatchObject({ cause: { message: 'Nothing waits for a confirmation here.' } })

  const justInTime = handle.executeUpdate(confirmNow, { args })
  await expect.poll(() => accepted(handle), { timeout: 10_000 }).toBe(2)
  letAsk?.()
  expect(await justInTime).toMatchObject({ outcome: 'confirmed' })
  expect(await endOf(handle)).toMatchObject({ state: 'succeeded' })
})

/** How many updates the workflow has taken up. */
async function accepted(handle: WorkflowHandle): Promise<number> {
  const { events } = await handle.fetchHistory()
  return (events ?? []).filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes).length
}
