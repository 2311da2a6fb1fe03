import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Server } from '../../../schema/server.ts'
import type { LockRequest, Operation } from '../../../store/index.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { addServer, startOperation, succeeded } from '../../support/operations.ts'

let database: TestDatabase
let server: Server
beforeAll(async () => {
  database = await createTestDatabase()
})
beforeEach(async () => {
  server = await addServer(database.store)
})
afterAll(() => database.drop())

const start = () => startOperation(database.store, server)
const ticket = (operation: Operation, change: Partial<LockRequest> = {}): LockRequest => ({
  serverId: server.id,
  operationId: operation.id,
  workflowId: operation.workflowId,
  title: operation.title,
  ...change,
})

test('the first holds; the others wait in their order, know the holder, and get it one by one', async () => {
  const { locks } = database.store
  const [a, b, c] = [await start(), await start(), await start()]
  expect(await locks.enqueue(ticket(a))).toEqual({ held: true })
  expect(await locks.enqueue(ticket(b))).toMatchObject({
    held: false,
    holder: { operationId: a.id, title: a.title },
    position: 1,
  })
  expect(await locks.enqueue(ticket(c))).toMatchObject({ held: false, position: 2 })
  expect(await locks.leave(a.id)).toEqual({ operationId: b.id, workflowId: b.workflowId })
  expect(await locks.enqueue(ticket(b))).toEqual({ held: true })
  expect(await locks.enqueue(ticket(c))).toMatchObject({ holder: { operationId: b.id }, position: 1 })
  expect(await locks.leave(b.id)).toMatchObject({ operationId: c.id })
  expect(await locks.leave(c.id)).toBeNull()
  expect(await locks.holder(server.id)).toBeNull()
})

test('asking again keeps the place and the lock', async () => {
  const { locks } = database.store
  const [a, b, c] = [await start(), await start(), await start()]
  for (const operation of [a, b, c, b, b, a]) await locks.enqueue(ticket(operation))
  expect(await locks.enqueue(ticket(a))).toEqual({ held: true })
  expect(await locks.enqueue(ticket(b))).toMatchObject({ position: 1 })
  expect(await locks.enqueue(ticket(c))).toMatchObject({ position: 2 })
})

test('of twenty at once exactly one holds, and leaving hands it to every other one once', async () => {
  const { locks } = database.store
  const operations = await Promise.all(Array.from({ length: 20 }, start))
  const answers = await Promise.all(operations.map((operation) => locks.enqueue(ticket(operation))))
  expect(answers.filter((answer) => answer.held)).toHaveLength(1)
  const served: string[] = []
  for (let holder = await locks.holder(server.id); holder !== null; holder = await locks.holder(server.id)) {
    served.push(holder.operationId)
    await locks.leave(holder.operationId)
  }
  expect(served.toSorted()).toEqual(operations.map((operation) => operation.id).toSorted())
})

test('one who gives up its place takes nothing from those behind it', async () => {
  const { locks } = database.store
  const [a, b, c] = [await start(), await start(), await start()]
  for (const operation of [a, b, c]) await locks.enqueue(ticket(operation))
  expect(await locks.leave(b.id)).toBeNull()
  expect(await locks.enqueue(ticket(c))).toMatchObject({ holder: { operationId: a.id }, position: 1 })
  expect(await locks.leave(b.id)).toBeNull()
})

test('recovery passes those who wait, not the holder', async () => {
  const { locks } = database.store
  const [a, b, recovery] = [await start(), await start(), await start()]
  await locks.enqueue(ticket(a))
  await locks.enqueue(ticket(b))
  expect(await locks.enqueue(ticket(recovery, { ahead: true }))).toMatchObject({
    holder: { operationId: a.id },
    position: 1,
  })
  expect(await locks.enqueue(ticket(b))).toMatchObject({ position: 2 })
  expect(await locks.leave(a.id)).toMatchObject({ operationId: recovery.id })
})

test('a short command takes it only where nobody holds or waits, and leaves no ticket behind', async () => {
  const { locks } = database.store
  const [a, b] = [await start(), await start()]
  expect(await locks.tryTake(ticket(a))).toEqual({ taken: true })
  expect(await locks.tryTake(ticket(a))).toEqual({ taken: true })
  expect(await locks.tryTake(ticket(b))).toMatchObject({ taken: false, holder: { operationId: a.id } })
  expect(await locks.leave(a.id)).toBeNull()
  expect(await locks.tryTake(ticket(b))).toEqual({ taken: true })
})

test('the end of an operation leaves the lock and names the next', async () => {
  const { locks, operations } = database.store
  const [a, b] = [await start(), await start()]
  for (const operation of [a, b]) await locks.enqueue(ticket(operation))
  expect((await operations.end(a.id, succeeded)).next).toEqual({ operationId: b.id, workflowId: b.workflowId })
  expect(await locks.holder(server.id)).toMatchObject({ operationId: b.id })
})

test('the locks of two servers have nothing to do with each other', async () => {
  const { locks } = database.store
  const a = await start()
  await locks.enqueue(ticket(a))
  server = await addServer(database.store)
  expect(await locks.enqueue(ticket(await start()))).toEqual({ held: true })
})
