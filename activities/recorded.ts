import { isDeepStrictEqual } from 'node:util'
import { activityInfo } from '@temporalio/activity'
import { z } from 'zod'
import type { AuditRequest } from '../schema/audit.ts'
import type { FleetInput } from '../schema/start.ts'
import type { ServerRef } from '../schema/server.ts'
import type { OperationKind } from '../schema/operation.ts'
import type { Operation } from '../store/index.ts'
import { preconditionFailed } from './failures.ts'

// Whoever merely reaches Temporal can start any workflow with any input: what is done is what the API has recorded.

const Work = z.object({ settings: z.unknown() })
const StoredWork = z.union([Work, z.object({ of: Work }).transform(({ of }) => of)])
const StoredFleet = z.object({ servers: z.array(z.object({ id: z.string() })), work: z.unknown() })

/** Refuses work of a kind, or the preview of it, that is not what was asked for. */
export function mustBeAskedFor(
  operation: Operation,
  told: { server: ServerRef; settings: object; resumes?: string },
  kind: OperationKind,
): void {
  const stored = StoredWork.safeParse(operation.input)
  const isSo =
    stored.success &&
    (operation.kind === kind || operation.kind === 'preview') &&
    operation.server?.id === told.server.id &&
    operation.resumes === (told.resumes ?? null) &&
    isDeepStrictEqual(stored.data.settings, told.settings)
  if (!isSo) throw notAskedFor(operation.id)
}

/** Refuses an audit, or one round of monitoring, that is not the one that was asked for. */
export function mustBeAuditAskedFor(operation: Operation, told: { server: ServerRef; request: AuditRequest }): void {
  const isSo =
    (operation.kind === 'audit' || operation.kind === 'monitoring') &&
    operation.endedAt === null &&
    operation.server?.id === told.server.id &&
    isDeepStrictEqual(operation.input, told.request)
  if (!isSo) throw notAskedFor(operation.id)
}

/** Refuses work on a server that was not asked of this fleet, or of one that has ended. */
export function mustBePartOf(parent: Operation, told: { server: ServerRef; work: FleetInput['work'] }): void {
  const stored = StoredFleet.safeParse(parent.input)
  const isSo =
    stored.success &&
    parent.kind === 'fleet' &&
    parent.endedAt === null &&
    stored.data.servers.some(({ id }) => id === told.server.id) &&
    isDeepStrictEqual(stored.data.work, told.work)
  if (!isSo) throw notAskedFor(parent.id)
}

/** Refuses a workflow that is neither the operation's own nor its parent's. */
export function mustBeOf(operation: Operation, parent: Operation | null): void {
  const caller = activityInfo().workflowExecution?.workflowId
  if (caller !== operation.workflowId && caller !== parent?.workflowId) throw notAskedFor(operation.id)
}

const notAskedFor = (id: string) =>
  preconditionFailed(
    `The workflow says another thing than what was asked for as operation ${id}.`,
    'Start operations through the API, which records them first.',
  )
