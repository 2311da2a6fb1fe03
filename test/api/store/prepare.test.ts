import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { addServer } from '../../support/operations.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test('a statement with parameters is planned once per connection, however often it is asked', async () => {
  const { store } = database
  const { name } = await addServer(store)
  await store.db.connection().execute(async (db) => {
    const text = db.selectFrom('servers').select('id').where('name', '=', name)
    for (let n = 0; n < 20; n++) expect(await text.execute()).toHaveLength(1)
    const { rows } = await sql`select (generic_plans + custom_plans)::int as calls from pg_prepared_statements
      where statement like 'select "id" from "servers"%'`.execute(db)
    expect(rows).toEqual([{ calls: 20 }])
  })
})

test('one that fails is told as it is, and the connection goes on', async () => {
  const { pool } = database.store
  const client = await pool.connect()
  for (let n = 0; n < 2; n++)
    await expect(client.query('select $1::int / 0 as x', [1])).rejects.toThrow('division by zero')
  await expect(client.query('select no_such_thing($1::int)', [1])).rejects.toThrow('does not exist')
  expect((await client.query('select $1::int as x', [1])).rows).toEqual([{ x: 1 }])
  client.release()
})
