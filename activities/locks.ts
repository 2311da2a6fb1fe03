import { WorkflowNotFoundError } from '@temporalio/common'
import type { ServerRef } from '../schema/server.ts'
import type { LockHolder, Operation } from '../store/index.ts'
import type { Deps } from './deps.ts'
import { withHeartbeat } from './heartbeat.ts'
import { loadOperation, wakeNext } from './operations.ts'
import { settleServer } from './runs.ts'

export type LockReply = { readonly held: true } | { readonly held: false; readonly detail: string }

/** A holder as an operator reads it. */
export const describeHolder = (server: ServerRef, holder: LockHolder): string =>
  `${server.name} is held by "${holder.title}" (operation ${holder.operationId}) since ${holder.since}.`

export const lockActivities = (deps: Deps) => ({
  /**
   * Takes a place in the server's queue and says whether the lock is ours. The truth about a holder is asked of
   * Temporal, so that a terminated one leaks nothing; a new holder first settles the server's open runs.
   */
  async lockServer({
    operationId,
    server,
    title,
  }: {
    operationId: string
    server: ServerRef
    title: string
  }): Promise<LockReply> {
    const operation = await loadOperation(deps, operationId)
    for (;;) {
      const answer = await deps.store.locks.enqueue({
        serverId: server.id,
        operationId,
        workflowId: operation.workflowId,
        title,
      })
      if (answer.held) break
      if (await isAlive(deps, answer.holder)) {
        const detail = describeHolder(server, answer.holder)
        await deps.store.operations.setState(operationId, { state: 'waiting', reason: 'server_lock', detail })
        return { held: false, detail }
      }
      deps.log.warn(
        { server: server.name, operation: answer.holder.operationId },
        'the lock holder is gone; its lock is taken back',
      )
      await wakeNext(deps, await deps.store.locks.leave(answer.holder.operationId))
    }
    await deps.store.operations.setState(operationId, { state: 'running' })
    await withHeartbeat(() => settleServer(deps, server.id, operationId))
    return { held: true }
  },

  /** Takes the lock where nobody holds it or waits for it, as `lockServer` does; false where somebody does. */
  async lockServerIfFree({ operationId, server }: { operationId: string; server: ServerRef }): Promise<boolean> {
    return withHeartbeat(async () => (await takeLock(deps, await loadOperation(deps, operationId), server)) === null)
  },

  async unlockServer({ operationId }: { operationId: string }): Promise<void> {
    await wakeNext(deps, await deps.store.locks.leave(operationId))
  },
})

/** Null when the lock is the operation's now, and what ran there before is settled; else the sentence that names its holder. */
export async function takeLock(deps: Deps, operation: Operation, server: ServerRef): Promise<string | null> {
  const { id: operationId, workflowId, title } = operation
  const request = { serverId: server.id, operationId, workflowId, title }
  const answer = await deps.store.locks.tryTake(request)
  if (!answer.taken)
    return (await isAlive(deps, answer.holder)) || !(await freed(deps, request, answer.holder.operationId))
      ? describeHolder(server, answer.holder)
      : null
  await settleServer(deps, server.id, operationId)
  return null
}

async function freed(
  deps: Deps,
  request: Parameters<Deps['store']['locks']['tryTake']>[0],
  dead: string,
): Promise<boolean> {
  await wakeNext(deps, await deps.store.locks.leave(dead))
  return (await deps.store.locks.tryTake(request)).taken
}

/** Whether the holder's workflow still runs this very operation: ids such as `setup/<server>` are used again. */
export async function isAlive(deps: Deps, holder: LockHolder): Promise<boolean> {
  const stored = await deps.store.operations.get(holder.operationId)
  if (stored === null || stored.endedAt !== null) return false
  try {
    const { status } = await deps.temporal.workflow.getHandle(holder.workflowId).describe()
    return status.name === 'RUNNING' || status.name === 'CONTINUED_AS_NEW'
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}
