import { randomBytes } from 'node:crypto'
import { Client, Connection } from '@temporalio/client'
import { pino } from 'pino'
import { createApi, type RunningApp } from '../../api/app.ts'
import type { Role } from '../../schema/identity.ts'
import { Settings } from '../../schema/settings.ts'
import type { Store } from '../../store/index.ts'
import { createTestDatabase } from './database.ts'
import { testTemporal } from './temporal.ts'

export type Answer = {
  status: number
  headers: Headers
  body: unknown
  /** The text at a dotted path of the body, such as `operation.id`; empty where there is none. */
  text(path: string): string
}

export type TestApi = {
  app: RunningApp
  store: Store
  temporal: Client
  settings: Settings
  /** Lines that were logged, as JSON. */
  log: string[]
  tokens: Record<Role, string>
  /** A request by a role, or by nobody; a body goes as JSON. */
  ask(who: Role | null, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  stop(): Promise<void>
}

/** The API over a database and a task queue of its own, on the Temporal server of the test run. No worker polls the queue. */
export async function startTestApi(change: Record<string, unknown> = {}): Promise<TestApi> {
  const database = await createTestDatabase()
  const connection = await Connection.connect({ address: testTemporal() })
  const temporal = new Client({ connection })
  const settings = Settings.parse({
    temporal: { taskQueue: `api-${randomBytes(6).toString('hex')}` },
    api: { requestsPerMinute: 100_000 },
    ...change,
  })
  const log: string[] = []
  const { store } = database
  const app = createApi({
    store,
    temporal,
    settings,
    log: pino({ level: 'debug' }, { write: (line: string) => void log.push(line) }),
    effectiveSettings: () => ({
      'database.url': { value: 'postgres://drydock:[redacted]@db/', source: 'environment' },
    }),
    poolReports: () => store.workers.pools(),
  })
  const tokens = {
    viewer: await tokenOf(store, 'viewer'),
    operator: await tokenOf(store, 'operator'),
    approver: await tokenOf(store, 'approver'),
    admin: await tokenOf(store, 'admin'),
  }
  return {
    app,
    store,
    temporal,
    settings,
    log,
    tokens,
    async ask(who, method, path, body, headers = {}) {
      const response = await app.request(path, {
        method,
        headers: {
          ...(who ? { authorization: `Bearer ${tokens[who]}` } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      })
      const text = await response.text()
      const isJson = /^application\/json(;|$)/.test(response.headers.get('content-type') ?? '')
      const answered: unknown = isJson ? JSON.parse(text) : text
      return {
        status: response.status,
        headers: response.headers,
        body: answered,
        text: (at) => textOf(at.split('.').reduce(fieldOf, answered)),
      }
    },
    async stop() {
      await app.close()
      await connection.close()
      await database.drop()
    },
  }
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined

const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)

async function tokenOf(store: Store, role: Role): Promise<string> {
  const made = await store.tokens.create({ name: `the-${role}`, role, kind: 'person' })
  if (made.kind !== 'created') throw new Error(`no token: ${made.kind}`)
  return made.token
}

/** What registers a server, from which tests depart. */
export const webServer = {
  name: 'web-1',
  hostname: '192.0.2.10',
  root: { user: 'root', authentication: { method: 'key', key: { kind: 'stored', name: 'root-key' } } },
}
