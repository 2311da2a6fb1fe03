import { randomBytes } from 'node:crypto'
import { Client, Connection } from '@temporalio/client'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { expect } from 'vitest'
import { createApi, type RunningApp } from '../../api/app.ts'
import type { Assessment } from '../../schema/guard.ts'
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
  databaseUrl: string
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
    databaseUrl: database.url,
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

/** Every test has a server of its own, on which an operator runs commands. */
export const onOwnServers = (api: () => TestApi) => ({
  register: async (change: Record<string, unknown> = {}): Promise<string> => {
    const name = `web-${uuidv7().slice(-12)}`
    const answer = await api().ask('admin', 'POST', '/v1/servers', { ...webServer, name, ...change })
    expect(answer.status).toBe(201)
    return name
  },
  run: (server: string, body: Record<string, unknown>, headers?: Record<string, string>): Promise<Answer> =>
    api().ask('operator', 'POST', `/v1/servers/${server}/commands`, body, headers),
})

/** An operation on web-1 that waits for a person; the workflow's own part is done by the store. */
export async function waitingOperation(
  api: TestApi,
  o: { assessment: Assessment; by?: 'operator' | 'approver'; inMs?: number },
): Promise<string> {
  const started = await api.ask(o.by ?? 'operator', 'POST', '/v1/servers/web-1/commands', { command: 'uptime' })
  const id = started.text('operation.id')
  const operation = await api.store.operations.get(id)
  if (!operation?.server) throw new Error('no operation')
  await api.store.approvals.request({
    id: uuidv7(),
    operationId: id,
    server: operation.server,
    subject: { kind: 'command', digest: 'a'.repeat(64), shown: 'uptime' },
    assessment: o.assessment,
    requester: operation.requester,
    maxAttempts: 3,
    expiresAt: new Date(Date.now() + (o.inMs ?? 60_000)).toISOString(),
  })
  return id
}
