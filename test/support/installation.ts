import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { createApi } from '../../api/app.ts'
import type { Role } from '../../schema/identity.ts'
import { Settings } from '../../schema/settings.ts'
import type { Store } from '../../store/index.ts'
import { redactedSettings } from '../../workers/redacted-settings.ts'
import { connectClient } from '../../workers/temporal-client.ts'
import type { LabHost } from '../../lab/index.ts'
import { createTestDatabase } from './database.ts'
import { testTemporal } from './temporal.ts'

export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, never> & { [field: string]: unknown }
}

/** A worker process of its own, so that it can be killed as one. */
export type WorkerProcess = {
  readonly pid: number
  isAlive(): boolean
  stop(): Promise<void>
  kill9(): Promise<void>
}

/** A whole Drydock of a test: own database, own task queue, the real API, and worker processes to start and to kill. */
export type Installation = {
  readonly store: Store
  readonly settings: Settings
  readonly databaseUrl: string
  readonly masterKey: Uint8Array
  readonly temporal: Awaited<ReturnType<typeof connectClient>>
  /** Asks the API as the holder of a token of this role (or of a token itself). */
  ask(
    method: string,
    path: string,
    body?: unknown,
    as?: Role | { token: string },
    headers?: Record<string, string>,
  ): Promise<Answer>
  tokenOf(role: Role): string
  /** A GET as an administrator: the whole body as it is, whatever its type. */
  read(path: string, headers?: Record<string, string>): Promise<string>
  /** Any request as an operator, bytes as they are. */
  send(path: string, init?: RequestInit): Promise<Response>
  startWorker(): Promise<WorkerProcess>
  /** Registers a lab host with its pinned key and its throwaway log-in. */
  register(host: LabHost, more?: Record<string, unknown>): Promise<{ id: string; name: string }>
  /** Starts something; its operation as the answer shows it. */
  start(method: string, path: string, body?: unknown, as?: Role): Promise<Operation>
  /** Starts something and waits for the end of its operation. */
  finish(method: string, path: string, body?: unknown, as?: Role): Promise<Operation>
  operation(id: string): Promise<Operation>
  /** Waits for the end of an operation. The store is asked: answers of the API cost ten times the processor's time. */
  ended(id: string, timeoutMs?: number): Promise<Ended>
  /** Where the logs and the settings lie. */
  readonly folder: string
  /** What workers have written to their log so far. */
  workerLog(): string
  close(): Promise<void>
}

/** As much of an operation's answer as tests look at. */
export type Operation = {
  id: string
  state: string
  reason: string | null
  detail: string | null
  workflow_id: string
  result: { state: string; message: string; exit_code?: number | null; problem?: { code: string } } | null
  steps?: { id: string; state: string }[]
  plan?: unknown
}

/** An operation that is over. */
export type Ended = Operation & { result: NonNullable<Operation['result']> }

/** `on` names servers of the test's own, which may die; without them those that all tests share. */
export async function install(
  change: Record<string, unknown> = {},
  on: { temporal?: string; postgres?: string } = {},
): Promise<Installation> {
  const database = await createTestDatabase(on.postgres === undefined ? {} : { server: on.postgres })
  const folder = mkdtempSync(join(tmpdir(), 'drydock-test-'))
  const settings = Settings.parse({
    api: { requestsPerMinute: 1_000_000 },
    ...change,
    home: folder,
    temporal: { address: on.temporal ?? testTemporal(), taskQueue: `test-${randomUUID()}` },
    database: { url: database.url },
    logging: { level: 'debug', format: 'json' },
  })
  const config = join(folder, 'settings.json')
  writeFileSync(config, JSON.stringify(settings), { mode: 0o600 })
  const masterKey = Buffer.from(database.masterKey).toString('base64')
  const { store } = database
  const temporal = await connectClient(settings, 'drydock-test-api')
  const log = pino({ level: 'debug' }, pino.destination({ dest: join(folder, 'api.log'), sync: true }))
  const effective = { settings, sources: {}, file: null }
  const app = createApi({
    store,
    temporal,
    settings,
    log,
    effectiveSettings: () => redactedSettings(effective),
    poolReports: () => store.workers.pools(),
  })
  const tokens = new Map<Role, string>()
  for (const role of ['viewer', 'operator', 'approver', 'admin'] as const) {
    const made = await store.tokens.create({ name: `test-${role}`, role, kind: 'person' })
    if (made.kind === 'created') tokens.set(role, made.token)
  }
  const workers: Promise<WorkerProcess>[] = []
  const logFile = join(folder, 'worker.log')

  const tokenOf = (role: Role): string => {
    const token = tokens.get(role)
    if (token === undefined) throw new Error(`no token for ${role}`)
    return token
  }

  const installation: Installation = {
    store,
    settings,
    databaseUrl: database.url,
    masterKey: database.masterKey,
    folder,
    temporal,
    tokenOf,
    async ask(method, path, body, as = 'admin', headers = {}) {
      const token = typeof as === 'string' ? tokenOf(as) : as.token
      const response = await app.request(path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) }
    },
    async read(path, headers = {}) {
      const response = await app.request(path, { headers: { authorization: `Bearer ${tokenOf('admin')}`, ...headers } })
      return response.text()
    },
    async send(path, init = {}) {
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${tokenOf('operator')}`)
      return app.request(path, { ...init, headers })
    },
    async startWorker() {
      const worker = spawnWorker({ config, logFile, masterKey })
      workers.push(worker)
      return worker
    },
    async register(host, more = {}) {
      const name = `${host.name}-${randomUUID().slice(0, 6)}`
      await store.secrets.put({
        name,
        value: readFileSync(host.keyPath, 'utf8'),
        actor: { name: 'test', kind: 'person', role: 'admin', interface: 'api' },
      })
      const authentication = { method: 'key', key: { kind: 'stored', name } }
      const answer = await installation.ask('POST', '/v1/servers', {
        name,
        hostname: host.address,
        port: host.port,
        root: { user: host.user, authentication },
        app: { user: 'app', authentication },
        host_keys: host.hostKeys,
        ...more,
      })
      if (answer.status !== 201)
        throw new Error(`registering answered ${answer.status}: ${JSON.stringify(answer.body)}`)
      return { id: String(answer.body.id), name }
    },
    async start(method, path, body, as = 'operator') {
      const started = await installation.ask(method, path, body, as)
      const operation: unknown = started.body.operation
      if (!isOperation(operation))
        throw new Error(`${method} ${path} answered ${started.status}: ${JSON.stringify(started.body)}`)
      return operation
    },
    async finish(method, path, body, as = 'operator') {
      const operation = await installation.start(method, path, body, as)
      return installation.ended(operation.id, 120_000)
    },
    async ended(id, timeoutMs) {
      await until(async () => (await store.operations.get(id))?.result ?? null, timeoutMs)
      const now = await installation.operation(id)
      if (now.result === null) throw new Error(`operation ${id} has ended, and the API does not say so`)
      return { ...now, result: now.result }
    },
    async operation(id) {
      const { status, body } = await installation.ask('GET', `/v1/operations/${id}`)
      const { steps, plan } = body
      const operation: unknown = body.operation
      if (!isOperation(operation)) throw new Error(`operation ${id}: ${status} ${JSON.stringify(body)}`)
      return { ...operation, steps, plan }
    },
    workerLog: () => readFileSync(logFile, 'utf8'),
    async close() {
      for (const worker of await Promise.allSettled(workers))
        if (worker.status === 'fulfilled') await worker.value.stop()
      await temporal.connection.close()
      await database.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return installation
}

/** The API's own tests hold the rest of the shape. */
const isOperation = (value: unknown): value is Operation =>
  typeof value === 'object' && value !== null && 'workflow_id' in value

/** Polls a condition until it answers something; says what it waited for when it does not. */
export async function until<T>(look: () => Promise<T | null>, timeoutMs = 30_000): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const seen = await look()
    if (seen !== null) return seen
    if (Date.now() > deadline)
      throw new Error(`did not come about within ${timeoutMs} ms: ${look.toString().slice(0, 300)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function spawnWorker(o: { config: string; logFile: string; masterKey: string }): Promise<WorkerProcess> {
  const { openSync } = await import('node:fs')
  const out = openSync(o.logFile, 'a')
  const child = spawn(process.execPath, ['--import', 'tsx', 'workers/main.ts', 'worker', '--config', o.config], {
    env: { ...process.env, DRYDOCK_MASTER_KEY: o.masterKey },
    stdio: ['ignore', out, out, 'ipc'],
  })
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve())
    child.once('exit', (code) =>
      reject(new Error(`the worker ended at once (${code}): ${readFileSync(o.logFile, 'utf8').slice(-2_000)}`)),
    )
  })
  if (child.pid === undefined) throw new Error('the worker has no process id')
  const isAlive = () => child.exitCode === null && child.signalCode === null
  return { pid: child.pid, isAlive, stop: () => end(child, 'SIGTERM'), kill9: () => end(child, 'SIGKILL') }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill(signal)
  await gone
}
