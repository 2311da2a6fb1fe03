import { Kysely, PostgresDialect } from 'kysely'
import type { Client, Pool } from 'pg'
import type { Logger } from 'pino'
import type { GuardReport } from '../schema/guard-report.ts'
import type { Settings } from '../schema/settings.ts'
import { type Approvals, createApprovals } from './approvals.ts'
import { type Audit, createAudit } from './audit.ts'
import { type Audits, createAudits } from './audits.ts'
import { createEnvelope, type Envelope } from './envelope.ts'
import { createEvents, type Events } from './events.ts'
import { guardReport, type ReportFilters } from './guard-report.ts'
import { createLocks, type Locks } from './locks.ts'
import { appliedMigrations, migrationFiles } from './migrate.ts'
import { createOperations, type Operations } from './operations.ts'
import { createOutputs, type Outputs } from './outputs.ts'
import { createPlans, type Plans } from './plans.ts'
import { connectionOptions, openPool, type PoolHealth, singleClient } from './pool.ts'
import { type Forgotten, forget } from './retention.ts'
import { applicationRole, mayActAsApplication } from './role.ts'
import { createReleases, type Releases } from './releases.ts'
import { createRuns, type Runs } from './runs.ts'
import { createSecrets, type Secrets } from './secrets.ts'
import { createServers, type Servers } from './servers.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createSteps, type Steps } from './steps.ts'
import type { Database } from './tables.ts'
import { createTokens, type Tokens } from './tokens.ts'
import { createWorkers, type Workers } from './workers.ts'

/** Everything that Drydock remembers. */
export type Store = {
  pool: Pool
  db: Kysely<Database>
  servers: Servers
  secrets: Secrets
  sessions: Sessions
  operations: Operations
  plans: Plans
  steps: Steps
  events: Events
  outputs: Outputs
  runs: Runs
  /** What serves on which server, and what has served. */
  releases: Releases
  approvals: Approvals
  locks: Locks
  /** The audit trail: who did what. */
  audit: Audit
  /** What audits of servers found. */
  audits: Audits
  tokens: Tokens
  workers: Workers
  /** What the guard stopped and what became of it. */
  guardReport(o: ReportFilters): Promise<GuardReport>
  /** Deletes what is older than the settings keep it: to be called now and then. */
  forget(keep: Settings['retention']): Promise<Forgotten>
  health(): PoolHealth
  close(): Promise<void>
}

type Options = {
  url: string
  /** 32 bytes. */
  masterKey: Uint8Array
  settings: Settings['database']
  log?: Logger
}

/** Opens a database that `migrate` has brought up to date, with the master key that belongs to it. */
export async function openStore({ url, masterKey, settings, log }: Options): Promise<Store> {
  const envelope = createEnvelope(masterKey)
  const role = await inspect(url, envelope)
  const { pool, connect, health } = openPool({ url, settings, role, log })
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: { connect, end: () => pool.end() } }) })
  const events = createEvents(db, connectionOptions(url, role), log)
  return {
    pool,
    db,
    servers: createServers(db),
    secrets: createSecrets(db, envelope),
    sessions: createSessions(db, envelope),
    operations: createOperations(db, envelope),
    plans: createPlans(db),
    steps: createSteps(db),
    events,
    outputs: createOutputs(db),
    runs: createRuns(db),
    releases: createReleases(db),
    approvals: createApprovals(db),
    guardReport: (o) => guardReport(db, o),
    locks: createLocks(db),
    audit: createAudit(db),
    audits: createAudits(db),
    tokens: createTokens(db),
    workers: createWorkers(db),
    forget: (keep) => forget(db, keep),
    health,
    async close() {
      await db.destroy()
      // Kysely leaves a pool alone that it never used.
      if (!pool.ending) await pool.end()
    },
  }
}

/** Looks at the database before anything is opened on it: schema, master key, and the role to act as. */
async function inspect(url: string, envelope: Envelope): Promise<string | null> {
  const client = singleClient(url, { connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await refuseOtherSchema(client)
    await refuseOtherKey(client, envelope)
    return (await mayActAsApplication(client)) ? applicationRole : null
  } finally {
    await client.end()
  }
}

async function refuseOtherSchema(client: Client): Promise<void> {
  const [has, needs] = await Promise.all([appliedMigrations(client), migrationFiles()])
  const missing = needs.find((file, index) => has[index]?.checksum !== file.checksum)
  if (missing === undefined && has.length === needs.length) return
  throw new Error(
    `The database schema is not the one this version of Drydock works with (${missing?.name ?? has.at(-1)?.name}). Run its migrations first.`,
  )
}

async function refuseOtherKey(client: Client, envelope: Envelope): Promise<void> {
  const row = 'master_key/check'
  await client.query('insert into master_key (sealed) values ($1) on conflict do nothing', [
    envelope.seal(row, 'drydock'),
  ])
  const { rows } = await client.query<{ sealed: Buffer }>('select sealed from master_key')
  try {
    for (const { sealed } of rows) envelope.open(row, sealed)
  } catch (cause) {
    throw new Error('The master key does not belong to this database: what is sealed in it cannot be read with it.', {
      cause,
    })
  }
}
