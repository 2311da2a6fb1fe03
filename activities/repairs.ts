import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { MonitoringRequest } from '../schema/audit.ts'
import { LockdownSettings } from '../schema/lockdown.ts'
import type { ServerRef } from '../schema/server.ts'
import type { Deps } from './deps.ts'
import { preconditionFailed } from './failures.ts'
import type { Child } from './fleet.ts'
import { loadOperation } from './operations.ts'

type Repair = {
  /** The monitoring that has seen the drift, and in which audit. */
  readonly parent: string
  readonly auditId: string
  readonly server: ServerRef
  readonly approvalFromTemporal: boolean
}

const Stored = z.object({ settings: LockdownSettings })

export const repairActivities = (deps: Deps) => ({
  /** Records the lockdown that brings a drifted server back to what was last asked of it (spec AUDIT-9); asking again answers with the same one. */
  async createRepair({ parent, auditId, server, approvalFromTemporal }: Repair): Promise<Child> {
    const monitoring = await loadOperation(deps, parent)
    const request = MonitoringRequest.safeParse(monitoring.input)
    const isAskedFor =
      monitoring.kind === 'monitoring' &&
      monitoring.endedAt === null &&
      monitoring.server?.id === server.id &&
      request.success &&
      request.data.onDrift === 'lockdown'
    if (!isAskedFor)
      throw preconditionFailed(
        `Nobody has asked operation ${parent} to repair ${server.name}.`,
        'Start monitoring with on_drift.',
      )
    const settings = await lastAskedOf(deps, server)
    const title = `Lock down ${server.name}, which has drifted`
    const workflowId = `lockdown/${server.id}`
    const { requestedBy: requester, correlationId } = monitoring
    const answer = await deps.store.operations.create({
      id: uuidv7(),
      kind: 'lockdown',
      server: { id: server.id },
      title,
      requester,
      correlationId,
      workflowId,
      input: { settings },
      parent,
      idempotencyKey: `repair:${auditId}`,
      exclusive: true,
    })
    if ('conflict' in answer)
      throw preconditionFailed(
        `A repair of ${server.name} could not be recorded (${answer.conflict}).`,
        'Wait for the running one.',
      )
    const operationId = answer.operation.id
    const input = { operationId, requester, correlationId, parent, approvalFromTemporal, server, settings }
    return { operationId, title, workflowId, workflow: 'lockdown', input }
  },
})

async function lastAskedOf(deps: Deps, server: ServerRef): Promise<LockdownSettings> {
  const lockdowns = await deps.store.operations.list({ server: server.id, kind: 'lockdown', limit: 100 })
  const last = lockdowns.find(({ state }) => state === 'succeeded' || state === 'unchanged')
  const stored = Stored.safeParse(last?.input)
  if (!stored.success)
    throw preconditionFailed(`No lockdown of ${server.name} is known that could be repeated.`, 'Lock it down by hand.')
  return stored.data.settings
}
