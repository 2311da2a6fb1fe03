import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

export type Supervised = { readonly pid: () => number | null; readonly url: () => string | null; stop(): Promise<void> }

type Options = {
  readonly role: 'worker' | 'api'
  readonly config: string
  readonly logFile: string
  readonly env: NodeJS.ProcessEnv
  readonly log: Logger
}

/** Starts one of our processes, waits until it says that it is ready, and starts it again when it dies. Its log goes to a file. */
export async function supervise(o: Options): Promise<Supervised> {
  mkdirSync(dirname(o.logFile), { recursive: true, mode: 0o700 })
  let stopping = false
  let url: string | null = null
  let current = await begin(o)
  url = current.url
  watch()

  function watch(): void {
    current.child.once('exit', (code, signal) => {
      if (stopping) return
      o.log.warn({ role: o.role, code, signal }, 'a process ended by itself; starting it again')
      setTimeout(() => void again(), 1_000).unref()
    })
  }

  async function again(): Promise<void> {
    if (stopping) return
    try {
      current = await begin(o)
      url = current.url
      watch()
    } catch (error) {
      o.log.error({ err: error, role: o.role }, 'it did not start; trying again')
      setTimeout(() => void again(), 5_000).unref()
    }
  }

  return {
    pid: () => (current.child.exitCode === null ? (current.child.pid ?? null) : null),
    url: () => url,
    async stop() {
      stopping = true
      await end(current.child)
    },
  }
}

async function begin(o: Options): Promise<{ child: ChildProcess; url: string | null }> {
  const out = openSync(o.logFile, 'a', 0o600)
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(root, 'workers/main.ts'), o.role, '--config', o.config],
    {
      cwd: root,
      env: o.env,
      stdio: ['ignore', out, out, 'ipc'],
      // Ctrl-C reaches us, and we stop the parts in order.
      detached: true,
    },
  )
  const ready = await new Promise<{ url?: string }>((resolve, reject) => {
    child.once('message', (message: { url?: string }) => resolve(message))
    child.once('exit', (code) =>
      reject(new Error(`The ${o.role} ended at once (exit status ${code}). Its log: ${o.logFile}`)),
    )
    child.once('error', reject)
  })
  return { child, url: ready.url ?? null }
}

/** SIGTERM, and after 30 seconds SIGKILL: what was running on servers goes on and is attached to at the next start. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const last = setTimeout(() => child.kill('SIGKILL'), 30_000)
  await gone
  clearTimeout(last)
}
