import { v7 as newId } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../../schema/server.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import {
  addServer,
  alice,
  approvalRequest,
  bob,
  newOperation,
  startOperation,
  succeeded,
} from '../../support/operations.ts'

let database: TestDatabase
let server: Server
beforeAll(async () => {
  database = await createTestDatabase()
  server = await addServer(database.store)
})
afterAll(() => database.drop())

describe('creating an operation', () => {
  test('writes the operation, its first event and the beginning of its audit record', async () => {
    const { store } = database
    const operation = await startOperation(store, server)
    expect(operation).toMatchObject({
      state: 'waiting',
      reason: 'worker',
      requester: 'alice',
      server: { name: server.name },
    })
    expect(await store.operations.get(operation.id)).toEqual(operation)
    expect(await store.events.after({ operationId: operation.id, seq: 0, limit: 10 })).toMatchObject([
      { seq: 1, type: 'state', message: 'accepted', serverId: server.id, correlationId: operation.correlationId },
    ])
    expect(await store.audit.list({ filters: { operationId: operation.id }, limit: 10 })).toMatchObject([
      { action: 'command', actor: 'alice', address: '192.0.2.7', interface: 'api', success: null, server: server.name },
    ])
  })

  test('answers the first operation when an idempotency key comes again with the same request', async () => {
    const first = await startOperation(database.store, server, { idempotencyKey: 'again' })
    const repeat = newOperation(server, { idempotencyKey: 'again' })
    expect(await database.store.operations.create(repeat)).toMatchObject({
      created: false,
      operation: { id: first.id },
    })
    expect(await database.store.operations.get(repeat.id)).toBeNull()
  })

  test('refuses an idempotency key that comes again with another request, also where only the sealed text differs', async () => {
    await startOperation(database.store, server, { idempotencyKey: 'k', sealed: 'reboot' })
    const other = newOperation(server, { idempotencyKey: 'k', sealed: 'poweroff' })
    expect(await database.store.operations.create(other)).toEqual({ conflict: 'idempotency_key_reused' })
  })

  test('keeps the idempotency keys of two people apart', async () => {
    await startOperation(database.store, server, { idempotencyKey: 'mine' })
    const bobs = newOperation(server, { idempotencyKey: 'mine', requester: bob, input: 1 })
    expect(await database.store.operations.create(bobs)).toMatchObject({ created: true })
  })

  test('makes one operation of twenty equal requests at once', async () => {
    const requests = Array.from({ length: 20 }, () => newOperation(server, { idempotencyKey: 'twenty' }))
    const answers = await Promise.all(requests.map((request) => database.store.operations.create(request)))
    expect(answers.filter((answer) => 'created' in answer && answer.created)).toHaveLength(1)
    expect(new Set(answers.map((answer) => ('operation' in answer ? answer.operation.id : null))).size).toBe(1)
  })

  test('refuses a second exclusive one on a server and names the first, until that has ended', async () => {
    const { store } = database
    const own = await addServer(store)
    const setup = { kind: 'setup', exclusive: true } as const
    const first = await startOperation(store, own, setup)
    expect(await store.operations.create(newOperation(own, setup))).toMatchObject({
      conflict: 'already_running',
      operation: { id: first.id },
    })
    await store.operations.end(first.id, succeeded)
    expect(await store.operations.create(newOperation(own, setup))).toMatchObject({ created: true })
  })
})

describe('ending an operation', () => {
  test('the first of ten ends at once stands, with one final event and one complete audit record', async () => {
    const { store } = database
    const operation = await startOperation(store, server)
    const ends = ['succeeded', 'failed', 'cancelled', 'unknown', 'refused'] as const
    const answers = await Promise.all(
      [...ends, ...ends].map((state) => store.operations.end(operation.id, { state, message: `ended as ${state}` })),
    )
    expect(answers.filter((answer) => answer.ended)).toHaveLength(1)
    const standing = answers.find((answer) => answer.ended)?.operation
    expect(await store.operations.get(operation.id)).toEqual(standing)
    for (const answer of answers) expect(answer.operation.state).toBe(standing?.state)

    const events = await store.events.after({ operationId: operation.id, seq: 0, limit: 50 })
    expect(events.map((event) => event.message)).toEqual(['accepted', `ended as ${standing?.state}`])
    const records = await store.audit.list({ filters: { operationId: operation.id }, limit: 10 })
    expect(records).toHaveLength(1)
    expect(records[0]).toMatchObject({ success: standing?.state === 'succeeded', workflowId: operation.workflowId })
    expect(records[0]?.durationMs).toBeGreaterThan(0)
  })

  test('no later state overwrites it', async () => {
    const { store } = database
    const operation = await startOperation(store, server)
    await store.operations.end(operation.id, succeeded)
    expect(await store.operations.setState(operation.id, { state: 'running' })).toBe(false)
    expect(await store.operations.get(operation.id)).toMatchObject({ state: 'succeeded', result: succeeded })
  })

  test('cancels what still waits for a person', async () => {
    const { store } = database
    const operation = await startOperation(store, server)
    const approval = await store.approvals.request(approvalRequest(operation))
    await store.operations.end(operation.id, { state: 'cancelled', message: 'by alice' })
    expect(await store.approvals.get(approval.id)).toMatchObject({ state: 'cancelled' })
  })
})

test('a state is told once, however often it is set', async () => {
  const { store } = database
  const operation = await startOperation(store, server)
  const waiting = { state: 'waiting', reason: 'server_lock', detail: 'setup of web-1 holds it' } as const
  await store.operations.setState(operation.id, waiting)
  await store.operations.setState(operation.id, waiting)
  await store.operations.setState(operation.id, { state: 'running' })
  const events = await store.events.after({ operationId: operation.id, seq: 1, limit: 10 })
  expect(events.map((event) => event.message)).toEqual(['waiting: server_lock: setup of web-1 holds it', 'running'])
  expect(await store.operations.get(operation.id)).toMatchObject({ state: 'running', reason: null, detail: null })
})

test('operations are found by server, state, parent and page', async () => {
  const { store } = database
  const own = await addServer(store)
  const parent = newId()
  const [a, b, c] = [
    await startOperation(store, own, { parent }),
    await startOperation(store, own),
    await startOperation(store, own),
  ]
  await store.operations.end(b.id, succeeded)
  const ids = async (o: Parameters<typeof store.operations.list>[0]) =>
    (await store.operations.list(o)).map((found) => found.id)
  expect(await ids({ server: own.id, limit: 2 })).toEqual([c.id, b.id])
  expect(await ids({ server: own.id, limit: 2, before: b.id })).toEqual([a.id])
  expect(await ids({ server: own.id, state: 'succeeded', limit: 9 })).toEqual([b.id])
  expect(await ids({ parent, limit: 9 })).toEqual([a.id])
  expect(await store.operations.openFor({ serverId: own.id })).toMatchObject({ id: a.id })
  expect(await store.operations.finishedBefore([a.id, b.id])).toEqual([b.id])
  expect((await store.operations.openOperations()).map((open) => open.id)).toContain(c.id)
})

test('what hosts print does not break a write: NUL and half characters are replaced', async () => {
  const operation = await startOperation(database.store, server, { input: { shown: 'printf "\0\uD800"' } })
  expect(operation.input).toEqual({ shown: 'printf "\uFFFD\uFFFD"' })
})

test('a made-up id is no operation', async () => {
  expect(await database.store.operations.get('no-such-thing')).toBeNull()
  expect(await database.store.operations.get(newId())).toBeNull()
  await expect(database.store.operations.end(newId(), succeeded)).rejects.toThrow('there is no operation')
})

test('requester and role of an operation are kept as they were', async () => {
  const operation = await startOperation(database.store, server, { requester: bob })
  expect(operation.requestedBy).toEqual(bob)
  expect(operation.requestedBy).not.toEqual(alice)
})
