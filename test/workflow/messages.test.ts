import { randomUUID } from 'node:crypto'
import type { WorkflowHandle } from '@temporalio/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CommandInput } from '../../schema/start.ts'
import type { command } from '../../workflows/command.ts'
import { cancel, status } from '../../workflows/messages.ts'
import { assessment } from '../support/operations.ts'
import { ada, endOf, openStage, question, type Stage } from '../support/workflows.ts'

let stage: Stage
let handle: WorkflowHandle<typeof command>
const operationId = randomUUID()

/** A command that waits for a person, and ends refused with whatever it takes for an answer. */
beforeEach(async () => {
  stage = await openStage({
    assessCommand: async () => ({ kind: 'destructive', assessment }),
    requestCommandApproval: async () => question(60_000),
    runCommand: async ({ approval }) => ({
      kind: 'not_approved',
      verdict: { kind: 'refused', because: JSON.stringify(approval?.message) },
    }),
    endOperation: async () => undefined,
  })
  const input: CommandInput = {
    operationId,
    requester: ada,
    correlationId: 'test',
    approvalFromTemporal: false,
    server: { id: randomUUID(), name: 'web-1' },
    shown: 'userdel bob',
    harmless: false,
  }
  const { taskQueue } = stage
  handle = await stage.client.workflow.start('command', {
    taskQueue,
    workflowId: `command/${operationId}`,
    args: [input],
  })
  await expect.poll(() => handle.query(status), { timeout: 10_000 }).toMatchObject({ state: 'awaiting_approval' })
})
afterEach(() => stage.close())

test('a message that names another operation does nothing', async () => {
  await handle.signal(cancel, { operationId: randomUUID(), by: 'mallory' })
  await handle.signal('reject', { operationId: randomUUID(), reason: 'not mine' })
  await handle.signal('reject', { operationId, reason: 'mine' })
  expect(await endOf(handle)).toMatchObject({ state: 'refused', message: '{"kind":"reject","reason":"mine"}' })
})

test('a message that is none does nothing, and what follows it is heard', async () => {
  for (const name of ['confirm', 'reject', 'cancel'])
    for (const nothing of [null, 'yes', [], { operationId: null }]) await handle.signal(name, nothing)
  await handle.signal('reject', { operationId, decisionId: 7, reason: {} })
  expect(await endOf(handle)).toMatchObject({ state: 'refused', message: '{"kind":"reject"}' })
})
