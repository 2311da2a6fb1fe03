import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { finished } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Client } from 'pg'
import { type BackupHeader, format, type Trailer } from './backup-file.ts'
import { appliedMigrations } from './migrate.ts'
import { singleClient } from './pool.ts'

/** Written once by the migrations themselves. */
const notOurs = ['migrations', 'migration_checksums']
const pageSize = 500

/**
 * Writes the whole database and its master key into one file, as it was at one moment. The file opens every secret:
 * it is readable by its owner only and must be kept like the key itself.
 */
export async function backup(o: { url: string; masterKey: Uint8Array; to: string }): Promise<{ rows: number }> {
  const client = singleClient(o.url)
  await client.connect()
  const unfinished = `${o.to}.unfinished-${process.pid}`
  try {
    await client.query('begin isolation level repeatable read read only')
    const rows = await write(unfinished, lines(client, o.masterKey))
    await rename(unfinished, o.to)
    await syncDirectory(dirname(o.to))
    return { rows }
  } finally {
    await rm(unfinished, { force: true })
    await client.end()
  }
}

async function* lines(client: Client, masterKey: Uint8Array): AsyncGenerator<string> {
  const header: BackupHeader = {
    format,
    createdAt: new Date().toISOString(),
    migrations: await appliedMigrations(client),
    masterKey: Buffer.from(masterKey).toString('base64'),
  }
  yield JSON.stringify(header)
  for (const table of await tablesInOrder(client)) {
    yield JSON.stringify({ table })
    yield* rowsOf(client, table)
  }
}

/** The server's own text of each row is passed on as it is: no number or time is bent on the way. */
async function* rowsOf(client: Client, table: string): AsyncGenerator<string> {
  await client.query(`declare rows no scroll cursor for select to_jsonb(t)::text as row from ${table} t`)
  for (;;) {
    const { rows } = await client.query<{ row: string }>(`fetch ${pageSize} from rows`)
    for (const { row } of rows) yield row
    if (rows.length < pageSize) break
  }
  await client.query('close rows')
}

/** What is referred to comes before what refers to it. */
export async function tablesInOrder(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; needs: string[] }>(
    `select t.relname as name, coalesce(array_agg(f.relname::text) filter (where f.oid <> t.oid), '{}') as needs
     from pg_class t left join pg_constraint c on c.conrelid = t.oid and c.contype = 'f' left join pg_class f on f.oid = c.confrelid
     where t.relnamespace = 'drydock'::regnamespace and t.relkind = 'r' and t.relname <> all ($1)
     group by t.relname order by t.relname`,
    [notOurs],
  )
  const ordered: string[] = []
  while (ordered.length < rows.length) {
    const ready = rows.filter((t) => !ordered.includes(t.name) && t.needs.every((need) => ordered.includes(need)))
    if (ready.length === 0) throw new Error('the tables refer to each other in a circle')
    ordered.push(...ready.map((t) => t.name))
  }
  return ordered
}

async function write(path: string, content: AsyncIterable<string>): Promise<number> {
  const file = createWriteStream(path, { mode: 0o600, flags: 'wx', flush: true })
  const zip = createGzip()
  const done = finished(zip.pipe(file))
  // A failing write is told by `done`; until that is awaited it must not count as unheard.
  done.catch(() => {})
  zip.once('error', (error) => file.destroy(error))
  file.once('error', () => zip.destroy())
  const hash = createHash('sha256')
  let count = 0
  const put = async (line: string) => {
    if (!zip.write(`${line}\n`)) await Promise.race([once(zip, 'drain'), done])
  }
  for await (const line of content) {
    hash.update(`${line}\n`)
    count++
    await put(line)
  }
  const trailer: Trailer = { end: true, lines: count, sha256: hash.digest('hex') }
  await put(JSON.stringify(trailer))
  zip.end()
  await done
  return count
}

/** So that the new name is on the disk as well when this returns. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
