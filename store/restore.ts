import type { Client } from 'pg'
import type { Logger } from 'pino'
import { z } from 'zod'
import { tablesInOrder } from './backup.ts'
import { type BackupHeader, backupLines, checkBackup } from './backup-file.ts'
import { migrate, migrationFiles } from './migrate.ts'
import { singleClient } from './pool.ts'

type Options = {
  from: string
  url: string
  /** `replace` gives up what the database has; else one that has anything is refused. */
  existing?: 'refuse' | 'replace'
  log?: Logger
}

const batchSize = 200
const TableLine = z.object({ table: z.string() })

/** What is in the way of a restore that was not told to replace it. */
export class DatabaseNotEmpty extends Error {
  override readonly name = 'DatabaseNotEmpty'
}

/** Brings a backup back into a database and gives the master key that opens it. All or nothing. */
export async function restore({
  from,
  url,
  existing = 'refuse',
  log,
}: Options): Promise<{ masterKey: Uint8Array; rows: number }> {
  const header = await checkBackup(from)
  const count = await knownMigrations(header)
  const client = singleClient(url)
  await client.connect()
  try {
    const aside = await makeRoom(client, existing)
    try {
      // Into the tables of its time, which are then brought up to date like those of a running installation.
      await migrate(url, log, { upTo: count })
      await client.query('begin')
      const rows = await insertAll(client, from)
      await setCounters(client)
      await client.query('commit')
      await migrate(url, log)
      if (aside) await client.query(`drop schema ${replaced} cascade`)
      return { masterKey: Buffer.from(header.masterKey, 'base64'), rows }
    } catch (error) {
      if (aside) await putBack(client)
      throw error
    }
  } finally {
    await client.end()
  }
}

/** Where what is replaced stands until the backup is in. */
const replaced = 'drydock_replaced'

async function knownMigrations({ migrations, createdAt }: BackupHeader): Promise<number> {
  const files = await migrationFiles()
  const unknown = migrations.find(
    ({ name, checksum }, at) => files[at]?.name !== name || files[at].checksum !== checksum,
  )
  if (unknown === undefined) return migrations.length
  throw new Error(
    `The backup of ${createdAt} was made by a version of Drydock with another migration ${unknown.name}. Restore it with that version or a newer one.`,
  )
}

/** Whether something was put aside. */
async function makeRoom(client: Client, existing: 'refuse' | 'replace'): Promise<boolean> {
  if (existing === 'replace') return putAside(client)
  if (!(await isThere(client, 'drydock.servers'))) return false
  for (const table of await tablesInOrder(client)) {
    // Opening a store on an empty database leaves its key check there; another key has to take its place.
    if (table === 'master_key') continue
    const { rowCount } = await client.query(`select from ${table} limit 1`)
    if (rowCount)
      throw new DatabaseNotEmpty(
        `The database is not empty (${table} has rows). Restore into an empty one, or say that it may be replaced.`,
      )
  }
  await client.query('delete from master_key')
  return false
}

async function putAside(client: Client): Promise<boolean> {
  // Left by a restore that was killed: that is what was there, and what stands now is half a backup.
  if (await isThere(client, `${replaced}.servers`)) {
    await client.query('drop schema if exists drydock cascade')
    return true
  }
  if (!(await isThere(client, 'drydock.servers'))) return false
  await client.query(`alter schema drydock rename to ${replaced}`)
  return true
}

async function putBack(client: Client): Promise<void> {
  await client.query('rollback')
  await client.query('drop schema if exists drydock cascade')
  await client.query(`alter schema ${replaced} rename to drydock`)
}

async function isThere(client: Client, table: string): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [table])
  return rows[0]?.there === true
}

async function insertAll(client: Client, from: string): Promise<number> {
  let table = ''
  let batch: string[] = []
  let count = 0
  const flush = async () => {
    if (batch.length > 0) await insert(client, table, batch)
    count += batch.length
    batch = []
  }
  for await (const [index, line] of numbered(backupLines(from))) {
    if (index === 0 || line.startsWith('{"end":true')) continue
    // Rows are PostgreSQL's text, which has a space behind each colon: they are never taken for one of our own lines.
    if (line.startsWith('{"table":')) {
      await flush()
      table = TableLine.parse(JSON.parse(line)).table
    } else {
      batch.push(line)
      if (batch.length === batchSize) await flush()
    }
  }
  await flush()
  return count
}

async function* numbered(lines: AsyncIterable<string>): AsyncGenerator<readonly [number, string]> {
  let index = 0
  for await (const line of lines) yield [index++, line]
}

/** `overriding system value`: rows keep the numbers that others know them by. */
async function insert(client: Client, table: string, rows: readonly string[]): Promise<void> {
  const known = await tablesInOrder(client)
  if (!known.includes(table)) throw new Error(`the backup has a table that is not ours: ${table}`)
  await client.query(
    `insert into ${table} overriding system value select r.* from unnest($1::text[]) line, jsonb_populate_record(null::${table}, line::jsonb) r`,
    [rows],
  )
}

/** Numbers go on behind the highest that was restored. */
async function setCounters(client: Client): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string }>(
    `select table_name as table, column_name as column from information_schema.columns where table_schema = 'drydock' and is_identity = 'YES'`,
  )
  for (const { table, column } of rows) {
    await client.query(
      `select setval(pg_get_serial_sequence($1, $2), greatest(1, (select coalesce(max(${column}), 0) from ${table})) + 1, false)`,
      [`drydock.${table}`, column],
    )
  }
}
