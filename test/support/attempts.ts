import { v7 as newId } from 'uuid'
import { createDoor, digestOf, type Door } from '../../guard/index.ts'
import type { Approval, BoundApproval } from '../../schema/approval.ts'
import type { Command } from '../../schema/command.ts'
import type { Actor } from '../../schema/identity.ts'
import type { Server } from '../../schema/server.ts'
import { isBound, type Operation, type Store } from '../../store/index.ts'
import { alice, approvalRequest, bob, intent, newOperation } from './operations.ts'

export type Ground = { readonly store: Store; readonly servers: readonly [Server, Server]; readonly door: Door }

/** A destructive command that waits for a person. */
export type Case = { readonly operation: Operation; readonly approval: Approval; readonly command: Command }

export const groundOf = (store: Store, servers: readonly [Server, Server]): Ground => ({
  store,
  servers,
  door: createDoor({ isBound }),
})

export const destructive = (number: number): Command => ({
  script: `rm -rf /srv/case-${number}`,
  shown: `rm -rf /srv/case-${number}`,
  effect: 'change',
  category: 'system',
})

export async function ask({ store, servers: [server] }: Ground, number: number, inMs = 300_000): Promise<Case> {
  const made = await store.operations.create(newOperation(server))
  if (!('created' in made)) throw new Error(`not created: ${made.conflict}`)
  const command = destructive(number)
  const subject = { kind: 'command' as const, digest: digestOf(command), shown: command.shown }
  const expiresAt = new Date(Date.now() + inMs).toISOString()
  const approval = await store.approvals.request(approvalRequest(made.operation, { subject, expiresAt }))
  return { operation: made.operation, approval, command }
}

export const confirm = async (
  { store }: Ground,
  { operation, approval }: Case,
  by: Actor = bob,
  phrase = approval.assessment.phrase,
): Promise<string> => {
  const { answer } = await store.approvals.decide({
    operationId: operation.id,
    actor: by,
    decision: { decision: 'confirm', phrase, acknowledged: ['backup'] },
    mode: 'below_high',
    onlyOneApprover: false,
  })
  return answer.outcome
}

export type Try = {
  readonly runId?: string
  readonly approvalId?: string
  readonly command?: Command
  readonly server?: Server
  readonly requester?: string
  readonly operation?: Operation
  readonly bound?: BoundApproval
}

export const runIdOf = ({ operation }: Case, attempt = 1): string => `${operation.id}.command.0.${attempt}`

/** Goes the whole way of an execution, from the recorded intent to the door; whether the command would have run. */
export async function execute(ground: Ground, it: Case, o: Try = {}): Promise<boolean> {
  const { operation = it.operation, command = it.command, server = ground.servers[0] } = o
  const runId = o.runId ?? runIdOf(it)
  const subject = { kind: 'command' as const, digest: digestOf(command) }
  const answer =
    o.bound === undefined
      ? await ground.store.runs.intend({
          ...intent(operation, { runId, serverId: server.id, digest: digestOf(command) }),
          approval: { id: o.approvalId ?? it.approval.id, subject },
        })
      : null
  if (answer?.kind === 'refused') return false
  const bound = o.bound ?? answer?.bound
  if (bound === undefined) return false
  return passes(ground, { operation, command, server, runId, bound, requester: o.requester })
}

export function passes(
  { door }: Ground,
  o: {
    operation: Operation
    command: Command
    server: Server
    runId: string
    bound?: BoundApproval
    requester?: string | undefined
  },
): boolean {
  const cleared = door.clear({
    command: o.command,
    server: o.server,
    operationId: o.operation.id,
    requester: o.requester ?? o.operation.requester,
    runId: o.runId,
    evidence: o.bound === undefined ? { kind: 'harmless' } : { kind: 'approved', bound: o.bound },
  })
  return !('refused' in cleared) && door.isCleared(cleared)
}

/** What nobody but the store can make. */
export const madeUp = ({ operation, approval, command }: Case, runId: string): BoundApproval => ({
  approvalId: approval.id,
  operationId: operation.id,
  serverId: operation.server?.id ?? '',
  subject: { kind: 'command', digest: digestOf(command) },
  requester: operation.requester,
  runId,
})

export { alice, bob, newId }
