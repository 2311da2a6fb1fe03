import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Settings } from '../../../schema/settings.ts'
import { backup, openStore, restore, type Store } from '../../../store/index.ts'
import { singleClient } from '../../../store/pool.ts'
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { addServer, alice, approvalRequest, bob, intent, startOperation, succeeded } from '../../support/operations.ts'

const settings = Settings.parse({}).database
let database: TestDatabase
let directory: string
let file: string

beforeAll(async () => {
  database = await createTestDatabase()
  directory = await mkdtemp(join(tmpdir(), 'drydock-backup-'))
  file = join(directory, 'backup')
  await fill(database.store)
  await backup({ url: database.url, masterKey: database.masterKey, to: file })
})
afterAll(async () => {
  await database.drop()
  await rm(directory, { recursive: true })
})

async function fill(store: Store): Promise<void> {
  const server = await addServer(store, 'kept-1')
  await store.secrets.put({ name: 'kept', value: 'the value', actor: alice })
  const operation = await startOperation(store, server, { sealed: 'echo sealed' })
  await store.approvals.request(approvalRequest(operation))
  await store.approvals.decide({
    operationId: operation.id,
    actor: bob,
    decision: { decision: 'confirm', phrase: 'no', acknowledged: [] },
    mode: 'always',
    onlyOneApprover: false,
  })
  await store.runs.intend(intent(operation))
  const bytes = Buffer.from([0, 1, 255, 10, 13])
  await store.runs.appendOutput(intent(operation).runId, [{ stream: 'stdout', offset: 0, bytes }])
  for (let n = 0; n < 700; n++)
    await store.events.append(operation.id, { type: 'notice', message: `{"table":"x"} ${n}` })
}

test('a backup restores into a fresh database: everything is there, secrets open, numbers go on', async () => {
  const fresh = await createEmptyDatabase()
  const { masterKey } = await restore({ from: file, url: fresh.url })
  const store = await openStore({ url: fresh.url, masterKey, settings })
  try {
    expect(await store.secrets.reveal({ name: 'kept' })).toEqual({ value: 'the value', version: 1 })
    expect(await contents(store)).toEqual(await contents(database.store))
    const [operation] = await store.operations.list({ limit: 1 })
    if (!operation) throw new Error('no operation')
    expect(await store.operations.reveal(operation.id)).toBe('echo sealed')
    expect(await store.events.append(operation.id, { type: 'notice', message: 'on' })).toBe(706)
    await store.operations.end(operation.id, succeeded)
  } finally {
    await store.close()
    await fresh.drop()
  }
})

test('the file is readable by its owner only, and no half-written one is left', async () => {
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const nowhere = join(directory, 'no', 'such', 'place')
  await expect(backup({ url: database.url, masterKey: database.masterKey, to: nowhere })).rejects.toThrow('ENOENT')
})

test('a database that has anything is refused and stays as it is, unless it may be replaced', async () => {
  const other = await createTestDatabase()
  const kept = await addServer(other.store, 'in-the-way')
  await expect(restore({ from: file, url: other.url })).rejects.toThrow(/not empty \((servers|.*) has rows\)/)
  expect(await other.store.servers.get('in-the-way')).toEqual(kept)

  const { masterKey } = await restore({ from: file, url: other.url, existing: 'replace' })
  const store = await openStore({ url: other.url, masterKey, settings })
  expect(await store.servers.get('in-the-way')).toBeNull()
  expect(await store.servers.get('kept-1')).not.toBeNull()
  await store.close()
  await other.drop()
})

test('what is to be replaced stays when the backup turns out not to fit in, also after an attempt that was killed', async () => {
  const other = await createTestDatabase()
  const kept = await addServer(other.store, 'in-the-way')
  const bad = join(directory, 'bad')
  await writeFile(bad, withLine('{"table":"pg_class"}\n{}'))
  const replaceBy = (from: string) => restore({ from, url: other.url, existing: 'replace' })
  await expect(replaceBy(bad)).rejects.toThrow('a table that is not ours: pg_class')
  expect(await other.store.servers.get('in-the-way')).toEqual(kept)

  const owner = singleClient(other.url)
  await owner.connect()
  await owner.query('alter schema drydock rename to drydock_replaced; create schema drydock')
  await expect(replaceBy(bad)).rejects.toThrow('pg_class')
  expect(await other.store.servers.get('in-the-way')).toEqual(kept)
  await replaceBy(file)
  const { rows } = await owner.query("select to_regnamespace('drydock_replaced') as left")
  expect(rows).toEqual([{ left: null }])
  await owner.end()
  await other.drop()
})

/** The backup with one more line at its end, under a checksum that holds. */
function withLine(line: string): Buffer {
  const body = `${gunzipSync(readFileSync(file))
    .toString()
    .replace(/[^\n]*\n$/, '')}${line}\n`
  const trailer = {
    end: true,
    lines: body.split('\n').length - 1,
    sha256: createHash('sha256').update(body).digest('hex'),
  }
  return gzipSync(`${body}${JSON.stringify(trailer)}\n`)
}

test('a migrated but empty database takes it, although a store was opened there with another key', async () => {
  const other = await createTestDatabase()
  const { masterKey } = await restore({ from: file, url: other.url })
  const store = await openStore({ url: other.url, masterKey, settings })
  expect(await store.secrets.reveal({ name: 'kept' })).toMatchObject({ value: 'the value' })
  await store.close()
  await other.drop()
})

test('a changed, cut or foreign file is refused before anything is touched', async () => {
  const fresh = await createEmptyDatabase()
  const text = gunzipSync(await readFile(file)).toString()
  const cases: [string, Buffer, RegExp][] = [
    ['changed', gzipSync(text.replace('kept-1', 'kept-2')), /checksum does not match/],
    ['cut', gzipSync(text.slice(0, text.length / 2)), /checksum does not match/],
    ['torn', (await readFile(file)).subarray(0, 2000), /cannot be read as a backup/],
    ['foreign', gzipSync('{"hello":1}\n'), /not a backup of Drydock/],
  ]
  for (const [name, bytes, message] of cases) {
    const path = join(directory, name)
    await writeFile(path, bytes)
    await expect(restore({ from: path, url: fresh.url }), name).rejects.toThrow(message)
  }
  await fresh.drop()
})

/** Every row of every table, as the database prints it. */
async function contents(store: Store): Promise<Record<string, string[]>> {
  const { rows: tables } = await store.pool.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'drydock' and tablename not like 'migration%' order by 1",
  )
  const all: Record<string, string[]> = {}
  for (const { name } of tables) {
    const { rows } = await store.pool.query<{ row: string }>(`select t::text as row from ${name} t order by 1`)
    all[name] = rows.map(({ row }) => row)
  }
  expect(all.events?.length).toBeGreaterThan(700)
  return all
}
