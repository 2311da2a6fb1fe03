import type { Logger } from 'pino'
import { createApi } from '../api/app.ts'
import { listen } from '../api/listen.ts'
import { sweepTerminated } from '../api/sweep.ts'
import type { Store } from '../store/index.ts'
import { every } from './every.ts'
import { redactedSettings } from './redacted-settings.ts'
import type { EffectiveSettings } from './settings.ts'
import { connectClient } from './temporal-client.ts'

export type RunningApi = { readonly url: string; readonly done: Promise<void>; stop(): Promise<void> }

/** The process that answers HTTP. It holds no state: any number of them may run. */
export async function startApi(o: { effective: EffectiveSettings; store: Store; log: Logger }): Promise<RunningApi> {
  const { store, log } = o
  const { settings } = o.effective
  const temporal = await connectClient(settings, `drydock-api@${process.pid}`)
  const deps = {
    store,
    temporal,
    settings,
    log,
    effectiveSettings: () => redactedSettings(o.effective),
    poolReports: () => store.workers.pools(),
  }
  const server = await listen(createApi(deps), settings.api)
  const background = [
    every(10_000, async () => void (await sweepTerminated(deps)), log),
    every(3_600_000, async () => void (await store.forget(settings.retention)), log),
  ]
  log.info({ url: server.url }, 'API ready')
  let end: () => void
  const done = new Promise<void>((resolve) => {
    end = resolve
  })
  return {
    url: server.url,
    done,
    async stop() {
      for (const stopOne of background) await stopOne()
      await server.close()
      await temporal.connection.close()
      end()
    },
  }
}
