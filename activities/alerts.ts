import type { Approval } from '../schema/approval.ts'
import { type Audit, type CheckResult, driftOf, isCriticalIssue } from '../schema/audit.ts'
import { systemActor } from '../schema/identity.ts'
import type { Operation } from '../store/index.ts'
import type { Deps } from './deps.ts'
import { auditLink, linkTo, tell } from './notify.ts'

type Alert = {
  readonly event: 'critical_confirmed' | 'attempts_exceeded' | 'repeatedly_blocked'
  readonly message: string
}

const hourMs = 3_600_000

/** Critical acts that were confirmed, and guessing at a phrase, are told beyond those who were asked (spec GUARD-30). */
export async function alertOfDecision(
  deps: Deps,
  approval: Approval,
  outcome: 'confirmed' | 'max_attempts_exceeded',
): Promise<void> {
  const { server, assessment, decidedBy, maxAttempts } = approval
  if (outcome === 'max_attempts_exceeded')
    await raise(deps, approval, {
      event: 'attempts_exceeded',
      message: `${maxAttempts} wrong phrases on ${server.name}, the last by ${decidedBy ?? 'somebody'}. ${assessment.summary}`,
    })
  else if (assessment.risk === 'critical')
    await raise(deps, approval, {
      event: 'critical_confirmed',
      message: `${decidedBy ?? 'Somebody'} has confirmed a critical act on ${server.name}. ${assessment.summary}`,
    })
}

/** Somebody who is blocked again and again: told once an hour for each of them. */
export async function alertOfBlocked(deps: Deps, operation: Operation): Promise<void> {
  const { requester } = operation
  const since = new Date(Date.now() - hourMs).toISOString()
  const stopped = await deps.store.approvals.stopped({ requester, since })
  if (stopped < deps.settings.guard.alertAfterBlocked) return
  const told = await deps.store.audit.list({
    filters: { action: 'guard.alert', actor: requester, from: since },
    limit: 50,
  })
  if (told.some(({ parameters }) => parameters.event === 'repeatedly_blocked')) return
  await raise(
    deps,
    { operationId: operation.id, requester, server: operation.server },
    { event: 'repeatedly_blocked', message: `${stopped} commands of ${requester} were blocked within an hour.` },
  )
}

type About = Pick<Approval, 'operationId' | 'requester'> & { readonly server: Approval['server'] | null }

/** Recorded once an operation and event: an attempt that is made again tells nobody twice. */
async function raise(deps: Deps, { operationId, requester, server }: About, alert: Alert): Promise<void> {
  const known = await deps.store.audit.list({ filters: { action: 'guard.alert', operationId }, limit: 20 })
  if (known.some(({ parameters }) => parameters.event === alert.event)) return
  await deps.store.audit.record({
    action: 'guard.alert',
    actor: { name: requester, kind: 'person', role: 'viewer', interface: 'system' },
    success: true,
    operationId,
    ...(server === null ? {} : { serverId: server.id }),
    security: true,
    parameters: alert,
  })
  await deps.store.events.append(operationId, { type: 'warning', message: alert.message })
  const notice = {
    ...alert,
    operation_id: operationId,
    server: server?.name ?? null,
    requester,
    link: linkTo(deps, operationId),
  }
  await tell(deps, operationId, notice, 'People')
}

/** Critical weaknesses of a server are told when they are new, and not again with every audit (spec AUDIT-5). */
export async function alertOfAudit(
  deps: Deps,
  operation: Operation,
  audit: Audit,
  before: Audit | null,
): Promise<void> {
  const known = new Set(before?.auditResult.filter(isCriticalIssue).map(({ id }) => id))
  const fresh = audit.auditResult.filter((one) => isCriticalIssue(one) && !known.has(one.id))
  const many = `${fresh.length} critical weakness${fresh.length === 1 ? '' : 'es'}`
  await alertOfChecks(deps, operation, audit, fresh, {
    event: 'critical_issues',
    message: `${audit.server.name} has ${many} that it did not have before: ${idsOf(fresh)}.`,
  })
}

/** A monitored server that no longer holds to its profile is told, beside what is critical (spec AUDIT-9). */
export async function alertOfDrift(
  deps: Deps,
  operation: Operation,
  audit: Audit,
  before: Audit | null,
): Promise<void> {
  const drift = driftOf(audit, before).filter((one) => !isCriticalIssue(one))
  await alertOfChecks(deps, operation, audit, drift, {
    event: 'drift',
    message: `${audit.server.name} has drifted from the profile ${audit.profile}: ${idsOf(drift)}.`,
  })
}

const idsOf = (checks: readonly CheckResult[]): string => checks.map(({ id }) => id).join(', ')

async function alertOfChecks(
  deps: Deps,
  operation: Operation,
  audit: Audit,
  fresh: readonly CheckResult[],
  { event, message }: { event: 'critical_issues' | 'drift'; message: string },
): Promise<void> {
  if (fresh.length === 0 || (await wasTold(deps, audit, event))) return
  await deps.store.audit.record({
    action: auditAlert,
    actor: systemActor,
    success: true,
    operationId: operation.id,
    serverId: audit.server.id,
    security: true,
    parameters: { event, audit: audit.id, checks: fresh.map(({ id }) => id), message },
  })
  await deps.store.events.append(operation.id, { type: 'warning', message })
  const notice = {
    event,
    message,
    operation_id: operation.id,
    server: audit.server.name,
    risk: audit.riskLevel,
    issues: fresh.map(({ id, title, severity, present, wanted, remedy }) => ({
      id,
      title,
      severity,
      present,
      wanted,
      remedy,
    })),
    link: auditLink(deps, audit),
  }
  await tell(deps, operation.id, notice, 'People')
}

const auditAlert = 'audit.alert'

/** An attempt that is made again tells nobody twice. */
async function wasTold(deps: Deps, audit: Audit, event: string): Promise<boolean> {
  const told = await deps.store.audit.list({
    filters: { action: auditAlert, operationId: audit.operation },
    limit: 10,
  })
  return told.some(({ parameters }) => parameters.audit === audit.id && parameters.event === event)
}
