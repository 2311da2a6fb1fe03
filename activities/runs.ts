import type { ServerRef } from '../schema/server.ts'
import type { Target } from '../ssh/index.ts'
import type { Run } from '../store/index.ts'
import type { Deps } from './deps.ts'
import { asFailure, serverGone, type UnderWay } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { loadOperation } from './operations.ts'
import { mayCutAccess, targetFor } from './targets.ts'

/** Kills what other operations left running on a server: the new holder of its lock must be alone. */
export async function settleServer(deps: Deps, serverId: string, except: string): Promise<void> {
  const left = (await deps.store.runs.openOnServer(serverId)).filter((run) => run.operationId !== except)
  if (left.length === 0) return
  const ended = new Set(await deps.store.operations.finishedBefore(left.map((run) => run.operationId)))
  for (const run of left.filter(({ operationId }) => ended.has(operationId))) await endRun(deps, run)
}

/** Ends one run on its host and waits until it is gone: as root where we are root, because it may have been started as root. */
export async function endRun(deps: Deps, run: Run): Promise<void> {
  await deps.ssh.kill(await targetOfRun(deps, run), { runId: run.id, as: run.as })
  await deps.store.runs.finish(run.id, {
    kind: 'killed',
    signal: 'KILL',
    durationMs: Date.now() - Date.parse(run.createdAt),
    timedOut: false,
  })
}

/** Where a run is, as whom it was started. */
export async function targetOfRun(deps: Deps, run: Run): Promise<Target> {
  const server = await deps.store.servers.get(run.serverId)
  if (server === null) throw serverGone(run.serverId)
  const throughApp = mayCutAccess(await deps.store.plans.ofOperation(run.operationId))
  return targetFor(deps, server, run.as, { throughApp })
}

type Begun = { readonly operationId: string; readonly stepId: string; readonly timeoutMs: number }

/** The run of a step that has begun and not ended, as far as PostgreSQL knows. */
export async function underWay(deps: Deps, { timeoutMs, ...step }: Begun): Promise<UnderWay | null> {
  const open = (await deps.store.runs.ofStep(step)).find((run) => run.end === null)
  return open === undefined ? null : lostAfter(deps, open, timeoutMs)
}

const lostAfter = (deps: Deps, run: Run, timeoutMs: number): UnderWay => ({
  title: run.shown,
  lostAt: Date.parse(run.createdAt) + timeoutMs + deps.settings.ssh.outOfReachMs,
})

export const runActivities = (deps: Deps) => ({
  /** After a cancel, before any undo: retried until nothing of the operation runs on the server any more. */
  async endRuns({ operationId, server }: { operationId: string; server: ServerRef }): Promise<void> {
    const operation = await loadOperation(deps, operationId)
    const open = (await deps.store.runs.ofOperation(operationId)).filter((run) => run.end === null)
    deps.log.info(
      { operation: operation.id, server: server.name, runs: open.length },
      'ending the runs of a cancelled operation',
    )
    await withHeartbeat(async () => {
      for (const run of open) {
        try {
          await endRun(deps, run)
        } catch (error) {
          throw asFailure(error, { server, doing: 'Ending the running command' }, lostAfter(deps, run, 0))
        }
      }
    })
  },
})
