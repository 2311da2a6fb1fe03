import { collect, parseCollected } from '../commands/audit/collect.ts'
import { judge, readingsOf } from '../plans/audit/judge.ts'
import { chooseChecks, type Chosen } from '../plans/audit/profile.ts'
import { areaScores, complianceOf, recommendationsOf, riskOf, securityScore } from '../plans/audit/score.ts'
import type { Command, RunAs } from '../schema/command.ts'
import { type Audit, type AuditRequest, type CheckResult, driftOf, isCriticalIssue } from '../schema/audit.ts'
import type { Server, ServerRef } from '../schema/server.ts'
import { SshError } from '../ssh/index.ts'
import type { Operation } from '../store/index.ts'
import { alertOfAudit, alertOfDrift } from './alerts.ts'
import type { Deps } from './deps.ts'
import { ask } from './execute.ts'
import { asFailure, preconditionFailed } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { loadOperation, loadServer } from './operations.ts'
import { mustBeAuditAskedFor } from './recorded.ts'
import { targetFor } from './targets.ts'

export type AuditWork = {
  readonly operationId: string
  /** The audit's own id: a second attempt stores nothing twice. */
  readonly auditId: string
  readonly server: ServerRef
  readonly request: AuditRequest
}

/** What a workflow is told of an audit; the audit itself is in the store. */
export type AuditTold = {
  readonly message: string
  readonly nextAuditInMs: number
  /** Checks that a lockdown would mend and that did not fail before. */
  readonly drift?: readonly string[]
}

type Place = {
  readonly operation: Operation
  readonly server: Server
  readonly checks: readonly Chosen[]
  readonly signal: AbortSignal
}

export const auditActivities = (deps: Deps) => ({
  /** Reads a server in one round trip, judges what it says, stores the audit, and tells people of what is critical and new. */
  async auditServer(work: AuditWork): Promise<AuditTold> {
    const [operation, server] = await Promise.all([
      loadOperation(deps, work.operationId),
      loadServer(deps, work.server),
    ])
    mustBeAuditAskedFor(operation, work)
    const checks = checksFor(deps, work.request)
    await deps.store.operations.setState(operation.id, { state: 'running' })
    const begun = Date.now()
    const found = await withHeartbeat((signal) => lookAt(deps, { operation, server, checks, signal }))
    const audit = auditOf(deps, { work, operation, ...found, durationMs: Date.now() - begun })
    await deps.store.audits.save(audit)
    await tellRound(deps, operation, audit)
    const before = await deps.store.audits.before(audit)
    await alertOfAudit(deps, operation, audit, before)
    if (operation.kind === 'monitoring') await alertOfDrift(deps, operation, audit, before)
    const drift = server.securityLocked ? driftOf(audit, before).filter(({ fix }) => fix?.operation === 'lockdown') : []
    return {
      message: messageOf(audit),
      nextAuditInMs: Date.parse(audit.nextAuditDue) - Date.parse(audit.at),
      ...(drift.length === 0 ? {} : { drift: drift.map(({ id }) => id) }),
    }
  },
})

function checksFor(deps: Deps, request: AuditRequest): readonly Chosen[] {
  const chosen = chooseChecks(request, deps.settings.audit)
  if (chosen.kind === 'unknown') throw preconditionFailed(chosen.what, 'Name those that there are.')
  return chosen.checks
}

/** With the rights of root where they can be had, else with what the log-in may see. */
async function lookAt(deps: Deps, at: Place): Promise<{ results: readonly CheckResult[]; isRoot: boolean }> {
  const readings = readingsOf(at.checks)
  const { answers, isRoot } =
    readings.length === 0
      ? { answers: new Map(), isRoot: false }
      : parseCollected(await readWithRights(deps, at, collect(readings)), readings)
  return { results: judge({ server: at.server.name, checks: at.checks, answers }), isRoot }
}

/** Root's own log-in or sudo, as the server's state says; then sudo of the application user; then that user alone. */
const ways: readonly (readonly [login: RunAs, as: RunAs])[] = [
  ['root', 'root'],
  ['app', 'root'],
  ['app', 'app'],
]

async function readWithRights(deps: Deps, at: Place, command: Command): Promise<string> {
  const { operation, server, signal } = at
  let refused: unknown
  for (const [login, as] of ways) {
    try {
      const target = await targetFor(deps, server, login)
      const { stdout } = await ask(deps, { operation, server, target, command, as, signal, fresh: true })
      return stdout
    } catch (error) {
      refused ??= error
      if (!isRefusal(error)) throw asFailure(error, { server, doing: 'Reading what an audit judges' })
    }
  }
  throw asFailure(refused, { server, doing: 'Reading what an audit judges' })
}

const isRefusal = (error: unknown): boolean =>
  error instanceof SshError && (error.type === 'permission_denied' || error.type === 'authentication_failed')

type Found = {
  readonly work: AuditWork
  readonly operation: Operation
  readonly results: readonly CheckResult[]
  readonly isRoot: boolean
  readonly durationMs: number
}

function auditOf(deps: Deps, { work, operation, results, isRoot, durationMs }: Found): Audit {
  const at = Date.now()
  const scores = areaScores(results)
  const risk = riskOf(results)
  return {
    id: work.auditId,
    operation: operation.id,
    server: { id: work.server.id, name: work.server.name },
    profile: work.request.profile,
    areas: work.request.areas ?? null,
    securityScore: securityScore(scores, risk),
    areaScores: scores,
    riskLevel: risk,
    complianceStatus: complianceOf(results),
    auditResult: [...results],
    recommendations: [...recommendationsOf(results)],
    privilege: isRoot ? 'root' : 'user',
    at: new Date(at).toISOString(),
    nextAuditDue: new Date(at + dueInMs(deps, operation, results)).toISOString(),
    durationMs,
  }
}

function dueInMs(deps: Deps, { kind }: Operation, results: readonly CheckResult[]): number {
  const { dueAfterMs, monitoring } = deps.settings.audit
  if (kind !== 'monitoring') return dueAfterMs
  return results.some(isCriticalIssue) ? monitoring.elevatedMs : monitoring.normalMs
}

/** An audit of its own tells the same at its end. */
async function tellRound(deps: Deps, { id, kind }: Operation, audit: Audit): Promise<void> {
  if (kind === 'monitoring')
    await deps.store.events.append(id, { type: 'notice', message: messageOf(audit), data: { audit: audit.id } })
}

function messageOf({ securityScore: score, riskLevel, auditResult }: Audit): string {
  const count = (status: CheckResult['status']): number => auditResult.filter((one) => one.status === status).length
  return `Score ${score} of 100, risk ${riskLevel}: ${count('fail')} of ${auditResult.length} checks fail, ${count('warn')} warn, ${count('skipped')} skipped.`
}
