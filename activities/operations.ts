import type { OperationKind, OperationResult } from '../schema/operation.ts'
import type { Server, ServerRef } from '../schema/server.ts'
import type { Operation, OperationAtWork, Ticket } from '../store/index.ts'
import type { Deps } from './deps.ts'
import { guardRefused, preconditionFailed, serverGone } from './failures.ts'
import { mustBeAskedFor, mustBeOf } from './recorded.ts'
import { unseal } from './unseal.ts'

export async function loadOperation(deps: Deps, id: string): Promise<Operation> {
  const operation = await deps.store.operations.get(id)
  if (operation === null) throw notRecorded(id)
  return operation
}

export async function loadServer(deps: Deps, ref: ServerRef): Promise<Server> {
  const server = await deps.store.servers.get(ref.id)
  if (server === null) throw serverGone(ref.name)
  return server
}

/** The operation that was asked for like this, which is under way from now on, and its server. */
export async function begin(
  deps: Deps,
  work: { operationId: string; server: ServerRef; settings: object; resumes?: string },
  kind: OperationKind,
): Promise<{ operation: Operation; server: Server }> {
  const [operation, server] = await Promise.all([loadOperation(deps, work.operationId), loadServer(deps, work.server)])
  mustBeAskedFor(operation, work, kind)
  await deps.store.operations.setState(operation.id, { state: 'running' })
  return { operation, server }
}

const notRecorded = (id: string) =>
  preconditionFailed(
    `There is no operation ${id} in the store.`,
    'Start operations through the API, which records them first.',
  )

/** An operation with its server and what was typed, in one round trip. */
export async function loadAtWork(
  deps: Deps,
  id: string,
  ref: ServerRef,
): Promise<OperationAtWork & { readonly server: Server }> {
  const found = await unseal(deps.store.operations.atWork(id), alteredCommand)
  if (found === null) throw notRecorded(id)
  if (found.server === null) throw serverGone(ref.name)
  return { ...found, server: found.server }
}

/** A command in the store that is not the one that was asked for. */
export const alteredCommand = (because: string) =>
  guardRefused(`The stored command is not the one that was asked for: ${because}.`)

/** Tells the next in a server's queue that the lock is theirs. A lost signal costs ten seconds, not the lock. */
export async function wakeNext(deps: Deps, next: Ticket | null): Promise<void> {
  if (next === null) return
  try {
    await deps.temporal.workflow.getHandle(next.workflowId).signal('lockFreed')
  } catch (error) {
    deps.log.warn({ err: error, workflow: next.workflowId }, 'could not wake the next in the queue; it asks by itself')
  }
}

export const operationActivities = (deps: Deps) => ({
  /** Stores how an operation ended, once: the first end stands. Leaves the server's lock. */
  async endOperation({ operationId, result }: { operationId: string; result: OperationResult }): Promise<void> {
    const operation = await loadOperation(deps, operationId)
    mustBeOf(operation, operation.parent === null ? null : await loadOperation(deps, operation.parent))
    const { next } = await deps.store.operations.end(operationId, result)
    await wakeNext(deps, next)
  },
})
