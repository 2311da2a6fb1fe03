import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runner } from 'node-pg-migrate'
import { Client } from 'pg'
import type { Logger } from 'pino'
import { grantToApplication } from './role.ts'

/** `timescale` where the extension is there, `plain` on any other PostgreSQL (spec DB-1). */
export type Mode = 'timescale' | 'plain'

export type MigrationFile = { name: string; checksum: string }

type Options = {
  /** Only the first so many files: what restoring an older backup needs. */
  upTo?: number
  directory?: string
}

const shipped = join(import.meta.dirname, 'migrations')

// Any number that nobody else uses; node-pg-migrate has its own, inside of which the ledger would not be covered.
const lock = 4_159_217_023

/** Brings the schema up to date. Harmless to run again, or from two processes at once. */
export async function migrate(
  url: string,
  log?: Logger,
  { upTo, directory = shipped }: Options = {},
): Promise<{ applied: string[]; mode: Mode }> {
  const client = new Client({ connectionString: url, application_name: 'drydock migrate' })
  client.on('error', (error) => log?.warn({ err: error }, 'the connection of the migration was lost'))
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [lock])
    await prepareLedger(client)
    const files = (await migrationFiles(directory)).slice(0, upTo)
    const known = await appliedMigrations(client)
    refuseEdited(known, files)
    const applied = await run(client, directory, files.length - known.length, log)
    await writeLedger(client, files)
    await grantToApplication(client, log)
    const mode = await detectMode(client)
    log?.info(
      { applied, mode },
      applied.length ? 'database schema brought up to date' : 'database schema is up to date',
    )
    return { applied, mode }
  } finally {
    await client.end()
  }
}

async function prepareLedger(client: Client): Promise<void> {
  await client.query(`
    create schema if not exists drydock;
    create table if not exists drydock.migration_checksums (
      name text primary key, checksum text not null, applied_at timestamptz not null default now()
    )`)
}

async function run(client: Client, directory: string, count: number, log?: Logger): Promise<string[]> {
  if (count <= 0) return []
  const done = await runner({
    dbClient: client,
    dir: directory,
    direction: 'up',
    count,
    schema: 'drydock',
    migrationsTable: 'migrations',
    migrationsSchema: 'drydock',
    advisoryLockMode: 'wait',
    checkOrder: true,
    log: (message) => log?.trace(message),
  })
  return done.map((migration) => migration.name)
}

/** What the directory holds, in order. */
export async function migrationFiles(directory = shipped): Promise<MigrationFile[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).toSorted()
  return Promise.all(
    names.map(async (name) => ({
      name: name.slice(0, -'.sql'.length),
      checksum: createHash('sha256')
        .update(await readFile(join(directory, name)))
        .digest('hex'),
    })),
  )
}

/** What the database says was applied; empty where Drydock never was. */
export async function appliedMigrations(client: Client): Promise<MigrationFile[]> {
  const { rows: found } = await client.query("select to_regclass('drydock.migration_checksums') is not null as there")
  if (!found[0].there) return []
  const { rows } = await client.query<MigrationFile>(
    'select name, checksum from drydock.migration_checksums order by name',
  )
  return rows
}

/** A file that was applied must stay as it is: what it says would no longer be what the database has. */
function refuseEdited(known: readonly MigrationFile[], files: readonly MigrationFile[]): void {
  for (const [index, { name, checksum }] of known.entries()) {
    const file = files[index]
    if (file === undefined || file.name !== name)
      throw new Error(
        `The database has the migration ${name}, which this version of Drydock does not have in that place. ` +
          'Start the version that made it, or a newer one.',
      )
    if (file.checksum !== checksum)
      throw new Error(
        `The migration ${name}.sql was edited after it was applied to this database. Restore the file and write the change as a new migration.`,
      )
  }
}

async function writeLedger(client: Client, files: readonly MigrationFile[]): Promise<void> {
  await client.query(
    `insert into drydock.migration_checksums (name, checksum)
     select f.name, f.checksum from unnest($1::text[], $2::text[]) f (name, checksum)
     join drydock.migrations using (name) on conflict do nothing`,
    [files.map((file) => file.name), files.map((file) => file.checksum)],
  )
}

async function detectMode(client: Client): Promise<Mode> {
  const { rowCount } = await client.query("select from pg_extension where extname = 'timescaledb'")
  return rowCount ? 'timescale' : 'plain'
}
