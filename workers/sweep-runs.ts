import { targetFor } from '../activities/targets.ts'
import type { Deps } from '../activities/index.ts'
import { every } from './every.ts'

/** Removes the run directories of ended operations from their hosts, a few at a time and never in the way of an operation. */
export const sweepRuns = (deps: Deps): (() => Promise<void>) =>
  every(
    15_000,
    async () => {
      for (const left of await deps.store.runs.unswept(200)) {
        const server = await deps.store.servers.get(left.serverId)
        if (server === null) continue
        try {
          const target = await targetFor(deps, server, left.as)
          await deps.ssh.sweep(target, { runIds: left.runIds, as: left.as })
          await deps.store.runs.markSwept(left.runIds)
        } catch (error) {
          deps.log.debug({ err: error, server: server.name }, 'run directories could not be swept now; later')
        }
      }
    },
    deps.log,
  )
