import { hostname } from 'node:os'
import type { Logger } from 'pino'
import type { Ssh } from '../ssh/index.ts'
import type { Store } from '../store/index.ts'
import { every } from './every.ts'

/** Writes this worker's pool figures where the API reads them: each worker has a pool of its own. */
export const reportPool = (o: { ssh: Ssh; store: Store; log: Logger; identity: string }): (() => Promise<void>) =>
  every(
    2_000,
    () => o.store.workers.report({ identity: o.identity, host: hostname(), pid: process.pid, pool: o.ssh.pool() }),
    o.log,
  )
