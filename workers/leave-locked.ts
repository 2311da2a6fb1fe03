import type { Logger } from 'pino'
import type { Ssh } from '../ssh/index.ts'
import type { Store } from '../store/index.ts'
import { every } from './every.ts'

/** Ends what this worker still has open to servers that another worker has locked: only the application user stays (spec LOCK-10). */
export const leaveLocked = (o: { ssh: Ssh; store: Store; log: Logger }): (() => Promise<void>) =>
  every(5_000, () => leave(o.ssh, o.store), o.log)

async function leave(ssh: Ssh, store: Store): Promise<void> {
  const reached = new Set(ssh.pool().connections.map(({ serverId }) => serverId))
  for (const id of reached) {
    const server = await store.servers.get(id)
    if (server?.securityLocked === true) ssh.evict(id, { except: server.app.user })
  }
}
