import { Client } from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Settings } from '../../../schema/settings.ts'
import { openStore, type Store } from '../../../store/index.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
let store: Store
beforeAll(async () => {
  database = await createTestDatabase()
  const { database: settings } = Settings.parse({
    database: { poolSize: 1, overflow: 1, acquireTimeoutMs: 200, statementTimeoutMs: 100 },
  })
  store = await openStore({ url: database.url, masterKey: database.masterKey, settings })
})
afterAll(async () => {
  await store.close()
  await database.drop()
})

test('health tells size, use, overflow and who waits, and warns when nearly all is in use', async () => {
  const clients = [await store.pool.connect(), await store.pool.connect()]
  const waiting = store.pool.connect()
  expect(store.health()).toEqual({
    size: 1,
    total: 2,
    inUse: 2,
    overflow: 1,
    waiting: 1,
    use: 1,
    warning: '2 of 2 database connections are in use',
  })
  await expect(waiting).rejects.toThrow('timeout')
  for (const client of clients) client.release()
  expect(store.health()).toMatchObject({ inUse: 0, waiting: 0, warning: null })
})

test('a statement that takes too long is ended', async () => {
  await expect(store.pool.query('select pg_sleep(5)')).rejects.toThrow('statement timeout')
})

async function cutConnections(): Promise<void> {
  const admin = new Client({ connectionString: database.url })
  await admin.connect()
  await admin.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name = 'drydock'",
  )
  await admin.end()
}

test('connections that the server cuts are replaced, and the process lives on', async () => {
  await store.tokens.list()
  await cutConnections()
  await vi.waitFor(async () => expect(await store.tokens.list()).toEqual([]))
})

test('a connection that the server cuts while it is in use fails its query and is replaced, and the process lives on', async () => {
  const client = await store.pool.connect()
  const gone = new Promise<void>((resolve) => client.once('end', resolve))
  await cutConnections()
  await gone
  await expect(client.query('select 1')).rejects.toThrow()
  client.release(true)
  expect(await store.tokens.list()).toEqual([])
})
