import { Client, type ClientConfig, type PoolClient, Pool, types } from 'pg'
import type { Logger } from 'pino'
import type { Settings } from '../schema/settings.ts'
import { prepareStatements } from './prepare.ts'

/** The pool's figures; `overflow` are connections over the normal size, closed again when idle (spec DB-12). */
export type PoolHealth = {
  size: number
  total: number
  inUse: number
  overflow: number
  waiting: number
  /** Share of all permitted connections that is in use: from 0.8 on it warns. */
  use: number
  warning: string | null
}

export type Connections = {
  pool: Pool
  /** As `pool.connect`, but a connection that lay idle for long is tried first. */
  connect: () => Promise<PoolClient>
  health: () => PoolHealth
}

type Options = {
  url: string
  settings: Settings['database']
  /** The role to act as; null where the url's user may not change to it. */
  role: string | null
  log?: Logger
}

// A connection used this recently is taken as alive: the check costs a round trip.
const trustedIdleMs = 30_000
const overflowIdleMs = 10_000

/** Opens the pool. Losing connections, as when the server restarts, is logged and never ends the process. */
export function openPool({ url, settings, role, log }: Options): Connections {
  const pool = new Pool({
    ...connectionOptions(url, role),
    max: settings.poolSize + settings.overflow,
    min: settings.poolSize,
    idleTimeoutMillis: overflowIdleMs,
    connectionTimeoutMillis: settings.acquireTimeoutMs,
    maxLifetimeSeconds: Math.ceil(settings.recycleMs / 1000),
    statement_timeout: settings.statementTimeoutMs,
    allowExitOnIdle: true,
  })
  pool.on('connect', prepareStatements)
  pool.on('connect', (client) => {
    // The pool itself listens only while a connection is idle; one that is lost in use would end the process.
    client.on('error', ({ message }) => log?.warn({ because: message }, 'a database connection was lost'))
  })
  // Said already by the connection itself.
  pool.on('error', () => {})

  const lastUsed = new WeakMap<PoolClient, number>()
  pool.on('release', (_error, client) => lastUsed.set(client, Date.now()))

  async function connect(): Promise<PoolClient> {
    for (;;) {
      const client = await pool.connect()
      const idleMs = Date.now() - (lastUsed.get(client) ?? Date.now())
      if (!settings.checkBeforeUse || idleMs < trustedIdleMs || (await answers(client))) return client
      client.release(true)
    }
  }

  function health(): PoolHealth {
    const inUse = pool.totalCount - pool.idleCount
    const use = inUse / (settings.poolSize + settings.overflow)
    return {
      size: settings.poolSize,
      total: pool.totalCount,
      inUse,
      overflow: Math.max(0, pool.totalCount - settings.poolSize),
      waiting: pool.waitingCount,
      use,
      warning:
        use >= 0.8 ? `${inUse} of ${settings.poolSize + settings.overflow} database connections are in use` : null,
    }
  }

  return { pool, connect, health }
}

/** How every connection of the product is made: in its schema, as its role, with values parsed alike. */
export function connectionOptions(url: string, role: string | null) {
  const wanted = new URL(url).searchParams.get('options') ?? ''
  const options = `${wanted} -c search_path=drydock,public${role === null ? '' : ` -c role=${role}`}`.trim()
  const bare = new URL(url)
  bare.searchParams.delete('options')
  return {
    connectionString: bare.href,
    options,
    application_name: 'drydock',
    keepAlive: true,
    types: { getTypeParser },
  }
}

/** A connection of its own, not yet open. That it was lost says the query under way; unheard it would end the process. */
export function singleClient(url: string, more: ClientConfig = {}): Client {
  const client = new Client({ ...connectionOptions(url, null), ...more })
  client.on('error', () => {})
  return client
}

async function answers(client: PoolClient): Promise<boolean> {
  return client.query('select 1').then(
    () => true,
    () => false,
  )
}

// int8 and numeric come as strings, since they may pass 2^53; ours (positions, byte counts, durations) never do.
const parsers = new Map<number, (text: string) => unknown>([
  [types.builtins.INT8, Number],
  [types.builtins.NUMERIC, Number],
  [types.builtins.TIMESTAMPTZ, (text) => new Date(text).toISOString()],
])

function getTypeParser(oid: Parameters<typeof types.getTypeParser>[0], format?: 'text' | 'binary') {
  const own = format === 'binary' ? undefined : parsers.get(oid)
  return own ?? types.getTypeParser(oid, format)
}
