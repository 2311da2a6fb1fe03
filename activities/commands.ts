import { assess, digestOf, hasWorsened, isReadOnly, policyFor } from '../guard/index.ts'
import type { Approval } from '../schema/approval.ts'
import type { Command } from '../schema/command.ts'
import type { Assessment } from '../schema/guard.ts'
import { systemActor } from '../schema/identity.ts'
import type { OperationResult } from '../schema/operation.ts'
import type { RunEnd } from '../schema/run.ts'
import type { Server, ServerRef } from '../schema/server.ts'
import type { Message, Verdict } from '../schema/start.ts'
import type { Target } from '../ssh/index.ts'
import type { Operation } from '../store/index.ts'
import { judgeMessage } from './approvals.ts'
import type { Deps } from './deps.ts'
import { execute, type Permission, timeoutOf } from './execute.ts'
import { asFailure, detached, guardRefused, lastLines } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { confirmedCommand } from './in-batches.ts'
import { takeLock } from './locks.ts'
import { loadAtWork, wakeNext } from './operations.ts'
import { rateAgain, rateOnHost, refuseDenied } from './rating.ts'
import { underWay } from './runs.ts'
import { targetFor } from './targets.ts'
import { openCommand, type TypedCommand } from './typed-command.ts'
import { keepAWayBack } from './way-back.ts'

type Approved = { readonly approvalId: string; readonly message: Message | null }
export type CommandWork = {
  readonly operationId: string
  readonly server: ServerRef
  readonly approval: Approved | null
}
export type CommandAnswer =
  | { readonly kind: 'ended'; readonly result: OperationResult }
  | { readonly kind: 'locked'; readonly detail: string }
  | { readonly kind: 'needs_approval' }
  | { readonly kind: 'not_approved'; readonly verdict: Exclude<Verdict<null>, { kind: 'confirmed' }> }

type Situation = TypedCommand & {
  operation: Operation
  server: Server
  begun: boolean
  signal: AbortSignal
  target: () => Promise<Target>
  /** Tells people of the decision, once: while the host works, and before its end is stored. */
  alert: () => Promise<void>
  /** What was approved says that the host saves how it is reached before it runs. */
  saves: boolean
  /** What is run: what was typed, or what was confirmed in its place. */
  runs: Command
  /** False where the host has changed since a try before this one: what that has begun is followed, and nothing is begun. */
  mayStart: boolean
}

export const commandActivities = (deps: Deps) => ({
  /** What stands in the way of a command, rated against the host itself. */
  async assessCommand({
    operationId,
    server,
  }: {
    operationId: string
    server: ServerRef
  }): Promise<{ kind: 'harmless' } | { kind: 'destructive'; assessment: Assessment }> {
    return withHeartbeat(async (signal) => {
      const at = await situate(deps, { operationId, server }, signal)
      const assessment = await rateOnHost(deps, at, questionOf(at))
      return assessment.verdict === 'allow' ? { kind: 'harmless' } : { kind: 'destructive', assessment }
    })
  },

  /**
   * Runs one command and stores its end: decision checked, rated again, bound, run once. One activity, so that a
   * harmless command costs one hop.
   */
  async runCommand(work: CommandWork): Promise<CommandAnswer> {
    return withHeartbeat(async (signal) => {
      const at = await situate(deps, work, signal)
      if (at.operation.endedAt !== null && at.operation.result !== null)
        return { kind: 'ended', result: at.operation.result }
      try {
        return await runAtOnce(deps, at, work.approval)
      } finally {
        await at.alert()
      }
    })
  },
})

async function runAtOnce(deps: Deps, at: Situation, approved: Approved | null): Promise<CommandAnswer> {
  const locks = !isReadOnly(at.text)
  // Looking at the decision and the host takes as long as taking the lock: both at once, and the lock is given back where nothing runs.
  const [permission, holder] = await Promise.all([
    permit(deps, at, approved),
    locks ? takeLock(deps, at.operation, at.server) : null,
  ])
  if (permission.kind === 'needs_approval' || permission.kind === 'not_approved') {
    if (locks) await wakeNext(deps, await deps.store.locks.leave(at.operation.id))
    return permission
  }
  if (holder !== null) return { kind: 'locked', detail: holder }
  return { kind: 'ended', result: await runOnce(deps, at, permission, locks) }
}

async function situate(
  deps: Deps,
  work: { operationId: string; server: ServerRef },
  signal: AbortSignal,
): Promise<Situation> {
  const { operation, server, sealed, begunSteps } = await loadAtWork(deps, work.operationId, work.server)
  const typed = openCommand(operation, sealed)
  const { role } = operation.requestedBy
  const allowed = policyFor({ command: typed.text, lists: deps.settings.guard, server, role })
  if (!allowed.allowed) throw guardRefused(allowed.because)
  let resolving: Promise<Target> | null = null
  const target = (): Promise<Target> => (resolving ??= targetFor(deps, server, typed.as))
  return {
    operation,
    server,
    begun: begunSteps.includes('command'),
    signal,
    target,
    alert: async () => undefined,
    saves: false,
    runs: typed.command,
    mayStart: true,
    ...typed,
  }
}

/** What is rated is what runs: the text with its directory and environment. */
const questionOf = ({ command, server }: Situation) => ({
  command: command.script,
  device: server.deviceType,
  environment: server.environment,
  server,
})

async function permit(
  deps: Deps,
  at: Situation,
  approved: Approved | null,
): Promise<Permission | Extract<CommandAnswer, { kind: 'needs_approval' | 'not_approved' }>> {
  const byText = assess(questionOf(at))
  if (byText.verdict === 'deny') throw guardRefused(byText.summary)
  if (approved === null) {
    // Harmless by its words: the host may still say that a link leads it elsewhere. A run that has begun is attached to.
    const rated = byText.verdict === 'allow' && !at.begun ? await rateOnHost(deps, at, questionOf(at)) : byText
    return rated.verdict === 'allow' ? { kind: 'harmless' } : { kind: 'needs_approval' }
  }
  const { approvalId } = approved
  // Asked while PostgreSQL is, and counted only once the decision does.
  const looking = rateAgain(deps, at, questionOf(at))
  looking.catch(() => undefined)
  const { verdict, approval: asked } = await decisionOn(deps, at, approved)
  if (verdict !== null && verdict.kind !== 'confirmed') return { kind: 'not_approved', verdict }
  at.saves = asked?.assessment.rollback?.saved === true
  if (asked !== null) at.runs = confirmedCommand(at.command, asked.assessment)
  const now = await looking
  const isAsConfirmed = now.verdict !== 'deny' && (asked === null || !hasWorsened(asked.assessment, now))
  // What a try before this one has begun may itself have changed the host: that is followed, and no reason to ask again.
  if (at.begun) at.mayStart = isAsConfirmed
  else if (!isAsConfirmed) {
    await refuseDenied(deps, at, now)
    await deps.store.approvals.cancel(approvalId, {
      actor: systemActor,
      reason: 'what it would hit has grown since it was asked',
    })
    return { kind: 'needs_approval' }
  }
  return {
    kind: 'approval',
    approvalId,
    subject: { kind: 'command', digest: digestOf(at.runs) },
  }
}

/** The approval, and what the message about it comes to; a decision that was judged before has no message. */
async function decisionOn(
  deps: Deps,
  at: Situation,
  { approvalId, message }: Approved,
): Promise<{ verdict: Verdict<null> | null; approval: Approval | null }> {
  if (message === null) return { verdict: null, approval: await deps.store.approvals.get(approvalId) }
  const { alert, ...judged } = await judgeMessage(deps, { operationId: at.operation.id, approvalId, message })
  let alerting: Promise<void> | null = null
  at.alert = () => (alerting ??= alert())
  return judged
}

async function runOnce(
  deps: Deps,
  at: Situation,
  permission: Permission,
  holdsLock: boolean,
): Promise<OperationResult> {
  const target = await at.target()
  try {
    const wayBack = at.saves ? await keepAWayBack(deps, at) : null
    const { runId, end } = await execute(deps, {
      ...at,
      command: at.runs,
      stepId: 'command',
      commandIndex: 0,
      target,
      permission,
      firm: holdsLock,
      beside: at.alert,
    })
    const ran = await resultOf(deps, at, runId, end)
    const result = wayBack === null ? ran : await wayBack.settle(ran)
    await at.alert()
    const { next, operation } = await deps.store.runs.complete({
      runId,
      end,
      chunks: [],
      operationId: at.operation.id,
      result,
    })
    await wakeNext(deps, next)
    return operation.result ?? result
  } catch (error) {
    if (at.signal.aborted) throw detached()
    const place = { operationId: at.operation.id, stepId: 'command', timeoutMs: timeoutOf(at.command) }
    throw asFailure(error, { server: at.server, doing: `Running ${at.command.shown}` }, await underWay(deps, place))
  }
}

async function resultOf(deps: Deps, at: Situation, runId: string, end: RunEnd): Promise<OperationResult> {
  const where = `on ${at.server.name}`
  switch (end.kind) {
    case 'unknown':
      return {
        state: 'unknown',
        message: `Nobody can tell whether it ran ${where}: ${end.because}${at.mayStart ? '' : ', and it was not begun anew, because what it would hit has changed since it was confirmed'}. Look at the server before you start it again.`,
      }
    case 'killed':
      return {
        state: 'failed',
        message: end.timedOut
          ? `Ended ${where} after ${Math.round(end.durationMs / 1000)} s, its limit.`
          : `Ended ${where} by signal ${end.signal}.`,
        exitCode: null,
      }
    case 'exited': {
      if (end.timedOut)
        return {
          state: 'failed',
          message: `Ended ${where} after ${Math.round(end.durationMs / 1000)} s, its limit.`,
          exitCode: end.exitCode,
        }
      if (end.exitCode === 0)
        return {
          state: 'succeeded',
          message: `Exit status 0 ${where} in ${Math.round(end.durationMs)} ms.`,
          exitCode: 0,
        }
      const { stdout, stderr } = await deps.store.outputs.result(runId, 16_384)
      const why = stderr === '' && at.atTerminal ? stdout.replaceAll('\r\n', '\n') : stderr
      return {
        state: 'failed',
        message: `Exit status ${end.exitCode} ${where}. ${lastLines(why, 3)}`.trim(),
        exitCode: end.exitCode,
      }
    }
    default:
      return end satisfies never
  }
}
