import { rmSync } from 'node:fs'
import type { Logger } from 'pino'
import { migrate } from '../store/index.ts'
import { adminToken } from './admin-token.ts'
import { startTemporalOnce } from './local-temporal.ts'
import { loadMasterKey } from './master-key.ts'
import { homeOf } from './paths.ts'
import { startPostgres } from './postgres.ts'
import { writePrivateFile } from './private-file.ts'
import type { EffectiveSettings } from './settings.ts'
import { supervise, type Supervised } from './supervise.ts'

/** What a running stack tells whoever started it. */
export type Stack = {
  readonly apiUrl: string
  readonly docsUrl: string
  readonly temporalUiUrl: string | null
  readonly tokenPath: string
  readonly processes: { readonly worker: () => number | null; readonly api: () => number | null }
  stop(): Promise<void>
}

export type StackProgress = (step: {
  readonly title: string
  readonly state: 'started' | 'done'
  readonly elapsedMs: number
}) => void

/**
 * Everything on one machine: Temporal and PostgreSQL where none is configured, a worker and the API as processes of their
 * own. Stops in the reverse order; operations that have not ended go on at the next start.
 */
export async function startStack(o: {
  effective: EffectiveSettings
  env: NodeJS.ProcessEnv
  log: Logger
  onProgress?: StackProgress
}): Promise<Stack> {
  const stops: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    for (const stopOne of stops.splice(0).toReversed()) await stopOne()
  }
  try {
    return await start(o, stops, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

async function start(
  o: Parameters<typeof startStack>[0],
  stops: (() => Promise<void>)[],
  stop: () => Promise<void>,
): Promise<Stack> {
  const { effective, env, log } = o
  const { settings } = effective
  const home = homeOf(settings, env)
  const step = timed(o.onProgress)

  const masterKey = loadMasterKey({ file: home.masterKey, env, create: true })
  const [database, temporal] = await Promise.all([
    settings.database.url ??
      step('PostgreSQL', async () => keep(stops, await startPostgres({ dataDir: home.postgres, log })).url),
    settings.temporal.address === undefined
      ? step('Temporal', async () => keep(stops, await startTemporalOnce({ home, log, env })))
      : { address: settings.temporal.address, uiUrl: settings.temporal.uiUrl ?? null },
  ])
  await step('Database schema', () => migrate(database, log))
  await step('Admin token', () => adminToken({ url: database, masterKey, home, settings, log }))

  const embedded = settings.temporal.address === undefined
  const runtime = {
    ...settings,
    home: home.root,
    database: { ...settings.database, url: database },
    temporal: {
      ...settings.temporal,
      address: temporal.address,
      ...(temporal.uiUrl === null ? {} : { uiUrl: temporal.uiUrl }),
    },
    // A person at the local Temporal Web UI is the operator of this machine.
    approval: {
      ...settings.approval,
      from_temporal:
        embedded && effective.sources['approval.from_temporal'] === 'default' ? true : settings.approval.from_temporal,
    },
  }
  writePrivateFile(home.runtimeSettings, JSON.stringify(runtime))

  const begin = (role: 'worker' | 'api'): Promise<Supervised> =>
    supervise({ role, config: home.runtimeSettings, logFile: `${home.logs}/${role}.log`, env, log })
  const [worker, api] = await step('Worker and API', () =>
    Promise.all([begin('worker').then((one) => keep(stops, one)), begin('api').then((one) => keep(stops, one))]),
  )
  const apiUrl = api.url() ?? `http://${settings.api.host}:${settings.api.port}`
  writePrivateFile(
    home.local,
    JSON.stringify({ url: apiUrl, token_path: home.token, temporal_ui_url: temporal.uiUrl, pid: process.pid }),
  )
  stops.push(async () => rmSync(home.local, { force: true }))
  return {
    apiUrl,
    docsUrl: `${apiUrl}/docs`,
    temporalUiUrl: temporal.uiUrl,
    tokenPath: home.token,
    processes: { worker: worker.pid, api: api.pid },
    stop,
  }
}

function keep<T extends { stop(): Promise<void> }>(stops: (() => Promise<void>)[], part: T): T {
  stops.push(() => part.stop())
  return part
}

const timed =
  (onProgress: StackProgress = () => undefined) =>
  async <T>(title: string, work: () => Promise<T>): Promise<T> => {
    const begun = Date.now()
    onProgress({ title, state: 'started', elapsedMs: 0 })
    const value = await work()
    onProgress({ title, state: 'done', elapsedMs: Date.now() - begun })
    return value
  }
