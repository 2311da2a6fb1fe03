import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Client } from '@temporalio/client'
import { pino } from 'pino'
import type { LoopbackSshd } from '../../lab/index.ts'
import type { Say } from '../../schema/progress.ts'
import { loadSettings } from '../../workers/settings.ts'
import { startStack } from '../../workers/stack.ts'
import { connectClient } from '../../workers/temporal-client.ts'

export type Answer = { readonly status: number; readonly body: Record<string, unknown> }

/** The whole product as `drydock up` brings it up, in a home of its own, spoken to over HTTP. */
export type Product = {
  readonly temporal: Client
  readonly temporalAddress: string
  readonly memoryFolder: string
  workerPid(): number
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** An answer as it arrives: server-sent events. */
  open(path: string): Promise<Response>
  /** Registers the loopback sshd as a server of this name. */
  register(name: string, sshd: LoopbackSshd): Promise<void>
  stop(): Promise<void>
}

export async function startProduct(say: Say): Promise<Product> {
  const home = await mkdtemp(join(tmpdir(), 'drydock-bench-'))
  const probe = pathToFileURL(join(import.meta.dirname, 'memory-probe.mjs')).href
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    ...(process.env.DRYDOCK_CACHE === undefined ? {} : { DRYDOCK_CACHE: process.env.DRYDOCK_CACHE }),
    NODE_OPTIONS: `--import ${probe}`,
    DRYDOCK_BENCH_MEMORY: home,
  }
  const effective = loadSettings({
    env: {},
    cwd: home,
    flags: { home, api: { port: 0, requestsPerMinute: 100_000_000 }, logging: { format: 'json' } },
  })
  const stack = await startStack({
    effective,
    env,
    log: pino({ level: 'silent' }),
    onProgress: ({ title, state, elapsedMs }) => state === 'done' && say(`${title}: ${elapsedMs} ms`),
  }).catch(async (error: unknown) => {
    say((await readFile(join(home, 'logs/worker.log'), 'utf8').catch(() => '')).slice(-2_000))
    await rm(home, { recursive: true, force: true })
    throw error
  })
  const runtime = JSON.parse(await readFile(join(home, 'run/settings.json'), 'utf8'))
  const temporal = await connectClient(runtime, 'drydock-bench')
  const token = (await readFile(stack.tokenPath, 'utf8')).trim()
  const headers = { authorization: `Bearer ${token}` }

  const ask: Product['ask'] = async (method, path, body, more = {}) => {
    const response = await fetch(`${stack.apiUrl}${path}`, {
      method,
      headers: { ...headers, 'content-type': 'application/json', ...more },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
  }

  return {
    temporal,
    temporalAddress: runtime.temporal.address,
    memoryFolder: home,
    workerPid() {
      const pid = stack.processes.worker()
      if (pid === null) throw new Error('the worker is not running')
      return pid
    },
    ask,
    open: (path) => fetch(`${stack.apiUrl}${path}`, { headers }),
    async register(name, { addresses, port, user, keyPath, hostKeys }) {
      await ask('PUT', '/v1/secrets/bench-key', { value: await readFile(keyPath, 'utf8') })
      const authentication = { method: 'key', key: { kind: 'stored', name: 'bench-key' } }
      const { status, body } = await ask('POST', '/v1/servers', {
        name,
        hostname: addresses[0],
        port,
        root: { user, authentication },
        app: { user: 'bench', authentication },
        host_keys: hostKeys,
      })
      if (status !== 201) throw new Error(`registering ${name} answered ${status}: ${JSON.stringify(body)}`)
    },
    async stop() {
      await temporal.connection.close()
      await stack.stop()
      await rm(home, { recursive: true, force: true })
    },
  }
}
