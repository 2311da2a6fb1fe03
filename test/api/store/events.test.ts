import { Client } from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Server } from '../../../schema/server.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { settledEvents } from '../../support/events.ts'
import { addServer, startOperation } from '../../support/operations.ts'

let database: TestDatabase
let server: Server
beforeAll(async () => {
  database = await createTestDatabase()
  server = await addServer(database.store)
})
afterAll(() => database.drop())

test('twenty writers at once leave no gap and no double in the numbers', async () => {
  const { store } = database
  const operation = await startOperation(store, server)
  const write = async (writer: number) => {
    for (let n = 0; n < 10; n++) await store.events.append(operation.id, { type: 'notice', message: `${writer}/${n}` })
  }
  await Promise.all(Array.from({ length: 20 }, (_, writer) => write(writer)))
  const events = await store.events.after({ operationId: operation.id, seq: 0, limit: 1000 })
  expect(events.map((event) => event.seq)).toEqual(Array.from({ length: 201 }, (_, index) => index + 1))
  expect(new Set(events.map((event) => event.message)).size).toBe(201)
})

test('reading goes on after the last number seen', async () => {
  const { store } = database
  const operation = await startOperation(store, server)
  for (const message of ['one', 'two', 'three']) await store.events.append(operation.id, { type: 'notice', message })
  const page = await store.events.after({ operationId: operation.id, seq: 2, limit: 1 })
  expect(page.map((event) => event.message)).toEqual(['two'])
})

test('a server has the events of all its operations, in order', async () => {
  const { store } = database
  const own = await addServer(store)
  const [a, b] = [await startOperation(store, own), await startOperation(store, own)]
  await store.events.append(a.id, { type: 'notice', message: 'last' })
  const events = await settledEvents(store, { serverId: own.id, after: 0 })
  expect(events.map(({ event }) => event.operationId)).toEqual([a.id, b.id, a.id])
  const rest = await settledEvents(store, { serverId: own.id, after: events[1]?.position ?? 0 })
  expect(rest.map(({ event }) => event.message)).toEqual(['last'])
})

test('an event is held back while one that was made before it can still appear', async () => {
  const { store, url } = database
  const own = await addServer(store)
  const [a, b] = [await startOperation(store, own), await startOperation(store, own)]
  const after = (await settledEvents(store, { serverId: own.id, after: 0 })).at(-1)?.position ?? 0
  const writers = await Promise.all([openTransaction(url), openTransaction(url)])
  const [younger, older] = writers[0].id > writers[1].id ? writers : [writers[1], writers[0]]
  await younger.append(a.id, 'first')
  await older.append(b.id, 'second')
  await older.commit()
  const held = await store.events.afterPosition({ serverId: own.id, after, limit: 10 })
  expect(held).toEqual({ events: [], heldBack: true })
  await younger.commit()
  const events = await settledEvents(store, { serverId: own.id, after })
  expect(events.map(({ event }) => event.message)).toEqual(['first', 'second'])
})

test('listeners hear of each event, and of a lost connection that anything may be new', async () => {
  const { store, url } = database
  const operation = await startOperation(store, server)
  const heard: unknown[] = []
  const stop = await store.events.listen((news) => heard.push(news))

  const seq = await store.events.append(operation.id, { type: 'notice', message: 'hello' })
  await vi.waitFor(() => expect(heard).toContainEqual({ operationId: operation.id, seq }))

  await cutListeners(url)
  await vi.waitFor(() => expect(heard).toContain(null), { timeout: 5000 })
  const later = await store.events.append(operation.id, { type: 'notice', message: 'again' })
  await vi.waitFor(() => expect(heard).toContainEqual({ operationId: operation.id, seq: later }))

  await stop()
  expect(await listeners(url)).toBe(0)
})

const listening =
  "from pg_stat_activity where datname = current_database() and query ~ '^(listen|select 1$)' and pid <> pg_backend_pid()"

const cutListeners = (url: string) => query(url, `select pg_terminate_backend(pid) ${listening}`)
const listeners = async (url: string): Promise<number> =>
  (await query(url, `select count(*)::int as count ${listening}`))[0]?.count ?? 0

async function query(url: string, text: string): Promise<{ count: number }[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(text)
  await client.end()
  return rows
}

/** A connection with a transaction of its own, open and numbered. */
async function openTransaction(url: string) {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('begin')
  await client.query('set local search_path = drydock, public')
  const { rows } = await client.query<{ id: string }>('select pg_current_xact_id()::text as id')
  return {
    id: BigInt(rows[0]?.id ?? 0),
    append: (operationId: string, message: string) =>
      client.query('select append_event($1, $2)', [operationId, { type: 'notice', message }]),
    async commit() {
      await client.query('commit')
      await client.end()
    },
  }
}
