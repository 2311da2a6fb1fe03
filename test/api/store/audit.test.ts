import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Server } from '../../../schema/server.ts'
import type { AuditRecord } from '../../../store/index.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { addServer, alice, bob, startOperation } from '../../support/operations.ts'

let database: TestDatabase
let server: Server
beforeAll(async () => {
  database = await createTestDatabase()
  server = await addServer(database.store)
  await startOperation(database.store, server)
})
afterAll(() => database.drop())

const actions = (records: AuditRecord[]) => records.map((record) => record.action)

test('acts that are no operation are recorded, marked where they matter for security, without what is secret', async () => {
  const { audit } = database.store
  await audit.record({
    action: 'token.created',
    actor: alice,
    success: true,
    security: true,
    parameters: { name: 'ci', token: 'dd_secret', database: 'postgres://u:hunter2@db/x' },
  })
  const [record] = await audit.list({ limit: 1 })
  expect(record).toMatchObject({
    action: 'token.created',
    actor: 'alice',
    address: '192.0.2.7',
    security: true,
    parameters: { name: 'ci', token: '[removed]', database: 'postgres://u:[removed]@db/x' },
  })
})

test('records are filtered, paged and exported', async () => {
  const { audit } = database.store
  const own = await addServer(database.store)
  for (const n of [1, 2, 3])
    await audit.record({ action: `act-${n}`, actor: n === 2 ? bob : alice, success: n !== 3, serverId: own.id })
  const filters = { server: own.name }
  const page = await audit.list({ filters, limit: 2 })
  expect(actions(page)).toEqual(['act-3', 'act-2'])
  expect(actions(await audit.list({ filters, limit: 2, before: page[1]?.id }))).toEqual(['act-1'])
  expect(actions(await audit.list({ filters: { ...filters, actor: 'bob' }, limit: 9 }))).toEqual(['act-2'])
  expect(actions(await audit.list({ filters: { ...filters, success: false }, limit: 9 }))).toEqual(['act-3'])
  expect(actions(await audit.list({ filters: { ...filters, from: '2100-01-01T00:00:00Z' }, limit: 9 }))).toEqual([])
  const exported = []
  for await (const record of audit.export(filters)) exported.push(record.action)
  expect(exported).toEqual(['act-1', 'act-2', 'act-3'])
})

describe('what is only ever added to', () => {
  const tables = ['operation_audit', 'events', 'plans', 'confirmation_attempts', 'approval_uses']
  const statements = tables.flatMap((table) => [`delete from ${table}`, `truncate ${table} cascade`])

  test.each([...statements, "update operation_audit set actor = 'mallory'", "update events set message = ''"])(
    'the application may not: %s',
    async (statement) => {
      await expect(database.store.pool.query(statement)).rejects.toThrow(/permission denied/)
    },
  )

  test.each([...statements, "update operation_audit set actor = 'mallory'", "update events set message = ''"])(
    'nor may the owner of the tables: %s',
    async (statement) => {
      const owner = new Client({ connectionString: database.url, options: '-c search_path=drydock' })
      await owner.connect()
      await expect(owner.query(statement)).rejects.toThrow(/are only ever added/)
      await owner.end()
    },
  )

  test('the application cannot forge the record of applied migrations', async () => {
    const forged = "insert into migration_checksums (name, checksum) values ('9999_x', '')"
    await expect(database.store.pool.query(forged)).rejects.toThrow(/permission denied/)
  })
})
