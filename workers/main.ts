import { migrate, openStore } from '../store/index.ts'
import { createAdminToken } from './admin-token.ts'
import { createLog } from './log.ts'
import { loadMasterKey } from './master-key.ts'
import { homeOf } from './paths.ts'
import { createScrubber } from './redact.ts'
import { InvalidSettings, loadSettings } from './settings.ts'
import { useLog } from './temporal-log.ts'

/** Longer than the worker's own shutdown takes, shorter than a supervisor's patience. */
const forcedEndMs = 25_000

/**
 * One process of the product, with `--config FILE`: `main.ts worker` or `main.ts api`; `main.ts migrate` and
 * `main.ts admin-token`, which prints the first token of an installation, end by themselves.
 */
async function main(argv: readonly string[]): Promise<void> {
  const [role] = argv
  if (role !== 'worker' && role !== 'api' && role !== 'migrate' && role !== 'admin-token')
    throw new InvalidSettings('Say what to start: "worker", "api", "migrate" or "admin-token".')
  const at = argv.indexOf('--config')
  const config = at === -1 ? undefined : argv[at + 1]
  const effective = loadSettings({ env: process.env, cwd: process.cwd(), ...(config === undefined ? {} : { config }) })
  const { settings } = effective
  if (settings.database.url === undefined)
    throw new InvalidSettings(
      'No PostgreSQL is configured: set database.url or DATABASE_URL, or use "drydock up", which brings its own.',
    )
  const scrubber = createScrubber()
  const log = createLog({ settings: settings.logging, name: role, scrubber })
  if (role === 'migrate') return void (await migrate(settings.database.url, log))
  useLog(log)
  const masterKey = loadMasterKey({ file: homeOf(settings, process.env).masterKey, env: process.env, create: false })
  const store = await openStore({ url: settings.database.url, masterKey, settings: settings.database, log })
  if (role === 'admin-token') {
    process.stdout.write(`${await createAdminToken(store)}\n`)
    await store.close()
    return
  }
  // Each role loads only its own rooms: the API needs no workflows, the worker no routes.
  const running =
    role === 'worker'
      ? await (await import('./worker.ts')).startWorker({ settings, store, log, scrubber, env: process.env })
      : await (await import('./api.ts')).startApi({ effective, store, log })
  process.send?.({ kind: 'ready', ...('url' in running ? { url: running.url } : {}) })

  const stop = (): void => {
    void running.stop()
    // Where Temporal or PostgreSQL are gone too, stopping in order never ends. What runs on servers goes on without us.
    setTimeout(() => process.exit(1), forcedEndMs).unref()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // A stack that died without a word must not leave its processes behind.
  process.once('disconnect', stop)
  await running.done
  await store.close()
  // The channel to whoever started us would keep the process alive.
  if (process.connected) process.disconnect()
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof InvalidSettings ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  // What was opened before the failure would keep the process alive, and whoever starts it again waiting for its end.
  process.exit(error instanceof InvalidSettings ? 2 : 1)
})
