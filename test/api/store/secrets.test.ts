import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { addServer, alice, startOperation } from '../../support/operations.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test('each value put is a new version; old ones are revealed until the name is removed', async () => {
  const { secrets } = database.store
  expect(await secrets.put({ name: 'db', value: 'one', actor: alice })).toEqual({ name: 'db', version: 1 })
  expect(await secrets.put({ name: 'db', value: 'two', actor: alice })).toEqual({ name: 'db', version: 2 })
  expect(await secrets.reveal({ name: 'db' })).toEqual({ value: 'two', version: 2 })
  expect(await secrets.reveal({ name: 'db', version: 1 })).toEqual({ value: 'one', version: 1 })
  expect(await secrets.list()).toMatchObject([
    { name: 'db', versions: [{ version: 1, createdBy: 'alice' }, { version: 2 }] },
  ])

  expect(await secrets.remove('db')).toBe(true)
  expect(await secrets.remove('db')).toBe(false)
  expect(await secrets.reveal({ name: 'db' })).toBeNull()
  expect(await secrets.list()).toEqual([])
})

test('a number once used is never used again: a reference to a removed version finds nothing', async () => {
  const { secrets } = database.store
  await secrets.put({ name: 'reused', value: 'old', actor: alice })
  await secrets.remove('reused')
  expect(await secrets.put({ name: 'reused', value: 'new', actor: alice })).toMatchObject({ version: 2 })
  expect(await secrets.reveal({ name: 'reused', version: 1 })).toBeNull()
})

test('twenty values put at once get twenty versions', async () => {
  const { secrets } = database.store
  const put = await Promise.all(
    Array.from({ length: 20 }, (_, n) => secrets.put({ name: 'race', value: `v${n}`, actor: alice })),
  )
  expect(put.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, n) => n + 1),
  )
})

test('a sealed value moved to another row does not open there', async () => {
  const { secrets, pool } = database.store
  await secrets.put({ name: 'mine', value: 'mine', actor: alice })
  await secrets.put({ name: 'yours', value: 'yours', actor: alice })
  await pool.query(
    "update secret_versions set sealed = (select sealed from secret_versions where name = 'yours') where name = 'mine'",
  )
  await expect(secrets.reveal({ name: 'mine' })).rejects.toThrow(/secret_versions\/mine\/1 was changed, moved/)
})

test('a planted secret lies open in no column of any table', async () => {
  const { store } = database
  const planted = 'pLaNtEd-7f3a9c'
  const server = await addServer(store)
  await store.secrets.put({ name: 'planted', value: planted, actor: alice })
  const operation = await startOperation(store, server, { sealed: `mysql -p${planted}`, input: { shown: 'mysql' } })
  await store.audit.record({ action: 'x', actor: alice, success: true, parameters: { apiKey: planted } })

  expect(await store.operations.reveal(operation.id)).toBe(`mysql -p${planted}`)
  expect(await columnsWith(planted)).toEqual([])
  // The search itself can find: what lies open is found.
  expect(await columnsWith(operation.title)).toEqual(['operations.title'])
})

/** Looks for the text, and for its bytes in hex and base64, in every column. */
async function columnsWith(text: string): Promise<string[]> {
  const { pool } = database.store
  const { rows: columns } = await pool.query<{ table: string; column: string }>(`
    select table_name as table, column_name as column from information_schema.columns c
    join pg_tables t on t.schemaname = table_schema and t.tablename = table_name where table_schema = 'drydock'`)
  expect(columns.length).toBeGreaterThan(100)
  const forms = [
    text,
    Buffer.from(text).toString('hex'),
    Buffer.from(text).toString('base64').replace(/=*$/, '').slice(0, -1),
  ]
  const found = []
  for (const { table, column } of columns) {
    const { rowCount } = await pool.query(
      `select from ${table} where exists (select from unnest($1::text[]) form where strpos(${column}::text, form) > 0)`,
      [forms],
    )
    if (rowCount) found.push(`${table}.${column}`)
  }
  return found
}
