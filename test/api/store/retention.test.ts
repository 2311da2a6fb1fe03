import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Settings } from '../../../schema/settings.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { addServer, intent, startOperation, succeeded } from '../../support/operations.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const keep = Settings.parse({ retention: { eventsDays: 30, outputDays: 30, auditDays: 60 } }).retention

test('what ended long ago loses its events and output, later its audit record; what is open or young keeps all', async () => {
  const { store } = database
  const server = await addServer(store)
  const [old, young, open] = [await run(server), await run(server), await run(server)]
  for (const { id } of [old, young]) await store.operations.end(id, succeeded)
  const kept = async (id: string) => ({
    events: (await store.events.after({ operationId: id, seq: 0, limit: 10 })).length,
    output: (await store.runs.output(`${id}/main/0/1`, { stream: 'stdout', from: 0, limit: 10 })).toString(),
    audit: (await store.audit.list({ filters: { operationId: id }, limit: 10 })).length,
  })

  await age(old.id, 40)
  await age(open.id, 400, { isOpen: true })
  expect(await store.forget(keep)).toEqual({ events: 3, outputs: 1, audit: 0, securityAudits: 0 })
  expect(await kept(old.id)).toEqual({ events: 0, output: '', audit: 1 })
  await age(old.id, 30)
  expect(await store.forget(keep)).toEqual({ events: 0, outputs: 0, audit: 2, securityAudits: 0 })
  expect(await kept(old.id)).toEqual({ events: 0, output: '', audit: 0 })
  expect(await kept(young.id)).toEqual({ events: 3, output: 'text', audit: 1 })
  expect(await kept(open.id)).toEqual({ events: 2, output: 'text', audit: 1 })
  expect(await store.operations.get(old.id)).toMatchObject({ state: 'succeeded' })
})

test('the same door lets nothing younger than a day out, and no other table', async () => {
  const { pool } = database.store
  await expect(pool.query("select forget('events', now(), 10)")).rejects.toThrow('nothing younger than a day')
  await expect(pool.query("select forget('plans', now() - interval '9 days', 10)")).rejects.toThrow('case not found')
})

async function run(server: Awaited<ReturnType<typeof addServer>>) {
  const operation = await startOperation(database.store, server)
  await database.store.runs.intend(intent(operation))
  const bytes = Buffer.from('text')
  await database.store.runs.appendOutput(intent(operation).runId, [{ stream: 'stdout', offset: 0, bytes }])
  return operation
}

/** Time passes: as the owner, with the fences down. The audit of what is still open stays young here. */
async function age(id: string, days: number, o: { isOpen?: boolean } = {}): Promise<void> {
  const owner = new Client({ connectionString: database.url, options: '-c search_path=drydock' })
  await owner.connect()
  await owner.query('alter table operation_audit disable trigger append_only')
  await owner.query(
    `update operations set created_at = created_at - interval '${days} days', ended_at = ended_at - interval '${days} days' where id = $1`,
    [id],
  )
  if (!o.isOpen)
    await owner.query(`update operation_audit set at = at - interval '${days} days' where operation_id = $1`, [id])
  await owner.query('alter table operation_audit enable trigger append_only')
  await owner.end()
}
