import type { Logger } from 'pino'
import type { PoolReport } from '../schema/pool.ts'
import type { Ssh } from '../ssh/index.ts'
import type { Store } from '../store/index.ts'
import { every } from './every.ts'

/** Writes this worker's pool figures where the API reads them: each worker has a pool of its own. */
export const reportPool = (o: { ssh: Ssh; store: Store; log: Logger; identity: string }): (() => Promise<void>) =>
  every(2_000, () => o.store.workers.report(report(o.ssh, o.identity)), o.log)

function report(ssh: Ssh, worker: string): PoolReport {
  const pool = ssh.pool()
  const connections = pool.connections.map((one) => ({
    ...one,
    lastUsed: one.lastUsed.toISOString(),
    lastCheck: one.lastCheck?.toISOString() ?? null,
  }))
  return {
    ...pool,
    worker,
    at: new Date().toISOString(),
    lastCleanUp: pool.lastCleanUp?.toISOString() ?? null,
    connections,
  }
}
