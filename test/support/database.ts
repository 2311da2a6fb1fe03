import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { Settings } from '../../schema/settings.ts'
import { migrate, openStore, type Store } from '../../store/index.ts'
import { migrationFiles } from '../../store/migrate.ts'
import { startPostgres } from '../../workers/postgres.ts'

export type TestDatabase = { url: string; masterKey: Uint8Array; store: Store; drop: () => Promise<void> }

const settings = Settings.parse({ database: { poolSize: 4, overflow: 26 } }).database

/**
 * A database of its own with an open store: a clone of a migrated template, made in milliseconds. `server` is for who
 * brings a PostgreSQL that may die; it is the URL of a superuser.
 */
export async function createTestDatabase(o: { server?: string } = {}): Promise<TestDatabase> {
  const server = o.server ?? (await serverUrl())
  const template = await ensureTemplate(server)
  const { url, drop } = await createEmptyDatabase({ template, server })
  const masterKey = randomBytes(32)
  const store = await openStore({ url, masterKey, settings })
  return {
    url,
    masterKey,
    store,
    async drop() {
      await store.close()
      await drop()
    },
  }
}

/** A database in which Drydock never was. */
export async function createEmptyDatabase(
  o: { template?: string; server?: string } = {},
): Promise<{ url: string; drop: () => Promise<void> }> {
  const server = o.server ?? (await serverUrl())
  const name = `t_${randomBytes(8).toString('hex')}`
  await onServer(server, `create database ${name} template ${o.template ?? 'template0'} strategy wal_log`)
  return { url: urlOf(server, name), drop: () => onServer(server, `drop database if exists ${name} with (force)`) }
}

const templates = new Map<string, Promise<string>>()

/** Made once per server and set of migrations, whichever test file comes first. */
function ensureTemplate(server: string): Promise<string> {
  const template = templates.get(server) ?? makeTemplate(server)
  templates.set(server, template)
  return template
}

async function makeTemplate(server: string): Promise<string> {
  const files = JSON.stringify(await migrationFiles())
  const name = `drydock_template_${createHash('sha256').update(files).digest('hex').slice(0, 12)}`
  const client = new Client({ connectionString: server })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock(4159217024)')
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount) return name
    const unfinished = `${name}_unfinished`
    await client.query(`drop database if exists ${unfinished} with (force)`)
    await client.query(`create database ${unfinished} template template0`)
    await migrate(urlOf(server, unfinished))
    await client.query(`alter database ${unfinished} rename to ${name}`)
    return name
  } finally {
    await client.end()
  }
}

let own: Promise<string> | null = null

/** The server that the test run started; a single file run by itself starts its own. */
function serverUrl(): Promise<string> {
  const given = process.env.DRYDOCK_TEST_POSTGRES
  if (given) return Promise.resolve(given)
  own ??= startOwn()
  return own
}

async function startOwn(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'drydock-test-postgres-'))
  const postgres = await startPostgres({ dataDir, parameters: testParameters })
  mourn(postgres.pid, dataDir)
  return postgres.url
}

/**
 * Ends a PostgreSQL and removes its folder when this process ends: a runner's worker may be killed without a word; the
 * pipe closes then all the same. A number whose process is another one by then is let alone.
 */
export function mourn(pid: number, dataDir: string): void {
  const end = 'cat; ps -o args= -p "$1" | grep -qF "$2" && kill -QUIT "$1"; sleep 1; rm -rf "$2"'
  const mourner = spawn('sh', ['-c', end, 'sh', String(pid), dataDir], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  mourner.unref()
  if (mourner.stdin instanceof Socket) mourner.stdin.unref()
}

/** Tests need no durability over a power cut. */
export const testParameters = { fsync: 'off', full_page_writes: 'off', max_connections: '400' } as const

async function onServer(server: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}
