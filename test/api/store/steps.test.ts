import { v7 as newId } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Plan, Step } from '../../../schema/plan.ts'
import type { Server } from '../../../schema/server.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { addServer, digest, startOperation } from '../../support/operations.ts'

let database: TestDatabase
let server: Server
beforeAll(async () => {
  database = await createTestDatabase()
  server = await addServer(database.store)
})
afterAll(() => database.drop())

const step = (id: string): Step => ({ id, title: `Do ${id}`, as: 'root', apply: [] })
const planFor = (operation: string): Plan => ({
  id: newId(),
  operation,
  target: { id: server.id, name: server.name },
  steps: [step('one'), step('two'), step('three'), step('four')],
  warnings: [],
  hash: digest('b'),
})

test('a plan is read as it was saved, saving it again changes nothing, and another under its id is refused', async () => {
  const { plans } = database.store
  const plan = planFor(newId())
  await plans.save(plan)
  await plans.save(plan)
  expect(await plans.get(plan.id)).toEqual(plan)
  expect(await plans.ofOperation(plan.operation)).toEqual(plan)
  await expect(plans.save({ ...plan, hash: digest('c') })).rejects.toThrow('another plan')
})

test('steps tell their progress once each, with the share of the plan that is done', async () => {
  const { store } = database
  const operation = await startOperation(store, server)
  const plan = planFor(operation.id)
  await store.plans.save(plan)
  const at = (stepId: string, position: number) => ({
    operationId: operation.id,
    planId: plan.id,
    stepId,
    position,
    title: `Do ${stepId}`,
  })
  const end = (stepId: string, state: 'applied' | 'unchanged' | 'failed', message?: string) => ({
    operationId: operation.id,
    stepId,
    state,
    message,
    durationMs: 5,
  })

  await store.steps.begin(at('one', 0))
  await store.steps.begin(at('one', 0))
  await store.steps.finish(end('one', 'applied'), at('two', 1))
  await store.steps.finish(end('two', 'unchanged', 'already so'))
  await store.steps.finish(end('two', 'unchanged', 'already so'))
  await store.steps.begin(at('three', 2))
  await store.steps.finish(end('three', 'failed', 'no space left'))

  expect(await store.steps.list(operation.id)).toMatchObject([
    { id: 'one', state: 'applied', message: null },
    { id: 'two', state: 'unchanged', message: 'already so' },
    { id: 'three', state: 'failed', message: 'no space left' },
  ])
  const events = await store.events.after({ operationId: operation.id, seq: 1, limit: 50 })
  expect(events.map((event) => [event.step, event.status, event.percentage])).toEqual([
    ['one', 'running', 0],
    ['one', 'completed', 25],
    ['two', 'running', 25],
    ['two', 'completed', 50],
    ['three', 'running', 50],
    ['three', 'error', 50],
  ])
})

test('finishing a step that never began is an error', async () => {
  const operation = await startOperation(database.store, server)
  const ghost = { operationId: operation.id, stepId: 'ghost', state: 'applied', durationMs: 1 } as const
  await expect(database.store.steps.finish(ghost)).rejects.toThrow('step ghost was never begun')
})
