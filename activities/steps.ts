import { Context } from '@temporalio/activity'
import { commandDigests } from '../plans/hash.ts'
import { assessPlan, digestOf } from '../guard/index.ts'
import type { StepState } from '../schema/operation.ts'
import type { Plan, Step } from '../schema/plan.ts'
import type { RunEnd } from '../schema/run.ts'
import type { Server } from '../schema/server.ts'
import { classifyCommandFailure, SshError, type Target } from '../ssh/index.ts'
import type { Operation } from '../store/index.ts'
import type { Deps } from './deps.ts'
import { ask, execute, type Permission, timeoutOf } from './execute.ts'
import { asFailure, commandFailed, detached, outcomeUnknown, preconditionFailed } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { loadAtWork } from './operations.ts'
import { underWay } from './runs.ts'
import { targetFor } from './targets.ts'

type StepWork = { operationId: string; planId: string; stepId: string }
export type StepAnswer = { readonly state: Extract<StepState, 'applied' | 'unchanged'> }
export type UndoAnswer = { readonly state: Extract<StepState, 'undone' | 'unchanged'> }

type Situation = {
  operation: Operation
  plan: Plan
  step: Step
  position: number
  server: Server
  begunBefore: boolean
  target: Target
  signal: AbortSignal
  /** Until when a host that is out of reach is waited for, whatever the table of failures says. */
  patientUntil: number
}

export const stepActivities = (deps: Deps) => ({
  /** One step: already so, or run once and observed. A retry finds what it began and attaches to it. */
  async applyStep(work: StepWork & { position: number; approvalId: string | null }): Promise<StepAnswer> {
    return withHeartbeat(async (signal) => {
      const begun = Date.now()
      const at = await situate(deps, work, signal)
      const { operation, plan, step, position } = at
      const recorded = deps.store.steps.begin({
        operationId: operation.id,
        planId: plan.id,
        stepId: step.id,
        position,
        title: step.title,
      })
      recorded.catch(() => undefined) // awaited below, on either way
      const finish = (state: StepState, message?: string) =>
        deps.store.steps.finish({
          operationId: operation.id,
          stepId: step.id,
          state,
          ...(message === undefined ? {} : { message }),
          durationMs: Date.now() - begun,
        })
      try {
        const isSo = await isAlreadySo(deps, at)
        await recorded
        const state = isSo ? 'unchanged' : await bringAbout(deps, at, work.approvalId)
        await finish(state, step.alreadySo)
        return { state }
      } catch (error) {
        await recorded
        await finish(stateAfter(error), error instanceof Error ? error.message : String(error))
        throw error
      }
    })
  },

  /** Takes one step back from the before-state that it saved. A step that changed nothing is left alone. */
  async undoStep(work: StepWork): Promise<UndoAnswer> {
    return withHeartbeat(async (signal) => {
      const begun = Date.now()
      const at = await situate(deps, work, signal)
      const touched = (await deps.store.runs.ofPlanStep({ planId: at.plan.id, stepId: at.step.id })).length > 0
      if (!touched || at.step.undo === undefined) return { state: 'unchanged' }
      const permission: Permission = {
        kind: 'undo',
        planHash: at.plan.hash,
        undoDigests: commandDigests(at.plan, digestOf).undo,
      }
      await takeBack(deps, at, at.step.undo, permission)
      await deps.store.steps.finish({
        operationId: at.operation.id,
        stepId: at.step.id,
        state: 'undone',
        durationMs: Date.now() - begun,
      })
      return { state: 'undone' }
    })
  },
})

async function situate(deps: Deps, work: StepWork, signal: AbortSignal): Promise<Situation> {
  const plan = await deps.store.plans.get(work.planId)
  const position = plan?.steps.findIndex(({ id }) => id === work.stepId) ?? -1
  const step = plan?.steps[position]
  if (plan === null || step === undefined)
    throw preconditionFailed(`Plan ${work.planId} has no step "${work.stepId}".`, 'Start the operation anew.')
  const { operation, server, begunSteps } = await loadAtWork(deps, work.operationId, plan.target)
  return {
    operation,
    plan,
    step,
    position,
    server,
    begunBefore: begunSteps.includes(step.id),
    target: await targetFor(deps, server, step.as, { appExists: true }),
    signal,
    patientUntil: 0,
  }
}

const undoTries = 3

/**
 * What takes back restores a saved state, so it may be done again: a try that was cut off is ended for certain and
 * followed by another. A host that boots is waited for: what is not taken back now never is.
 */
async function takeBack(
  deps: Deps,
  { step, ...at }: Situation,
  commands: Step['apply'],
  permission: Permission,
): Promise<void> {
  const { id, title, as } = step
  const undoing: Situation = {
    ...at,
    step: { id: `undo-${id}`, title: `Take back: ${title}`, as, apply: commands },
    patientUntil: Context.current().info.scheduledTimestampMs + deps.settings.ssh.outOfReachMs,
  }
  for (const [commandIndex, command] of commands.entries())
    for (let tries = 1; !(await isEnded(deps, undoing, { commandIndex, command, permission, tries })); tries += 1)
      deps.log.warn({ operation: at.operation.id, step: id, tries }, 'an undo was cut off and is done again')
}

/** False when a try was cut off, is gone for certain, and another may follow. */
async function isEnded(
  deps: Deps,
  at: Situation,
  o: { commandIndex: number; command: Step['apply'][number]; permission: Permission; tries: number },
): Promise<boolean> {
  const { runId, end } = await attempt(deps, at, () =>
    execute(deps, { ...at, ...o, stepId: at.step.id, as: at.step.as }),
  )
  const isCutOff = end.kind === 'unknown' || (end.kind === 'killed' && !end.timedOut)
  if (!isCutOff || o.tries === undoTries) {
    await settle(deps, at, runId, end)
    return true
  }
  await attempt(deps, at, () => deps.ssh.kill(at.target, { runId, as: at.step.as }))
  await deps.store.runs.finish(runId, end)
  return false
}

async function isAlreadySo(deps: Deps, at: Situation): Promise<boolean> {
  const { step, begunBefore } = at
  // What an earlier attempt began is attached to; asking `check` first would call our own work "already so".
  if (begunBefore) return false
  return step.alreadySo !== undefined || (step.check !== undefined && (await look(deps, at, step.check)).holds)
}

async function bringAbout(deps: Deps, at: Situation, approvalId: string | null): Promise<'applied'> {
  const { step } = at
  await runAll(deps, at, step.apply, permissionFor(at, approvalId))
  if (step.verify !== undefined) await mustHold(deps, at, step.verify)
  return 'applied'
}

async function mustHold(deps: Deps, at: Situation, verify: NonNullable<Step['verify']>): Promise<void> {
  const seen = await look(deps, at, verify)
  if (seen.holds) return
  const because = `it was applied, but afterwards it does not hold. ${seen.because}`.trim()
  throw commandFailed({ title: at.step.title, server: at.server.name, type: 'unknown', because, tail: seen.because })
}

/** A plan that asked is covered by its approval, command by command; one that did not ask is harmless by itself. */
function permissionFor({ plan, server }: Situation, approvalId: string | null): Permission {
  if (approvalId === null || assessPlan(plan, server).verdict === 'allow') return { kind: 'harmless' }
  return {
    kind: 'approval',
    approvalId,
    subject: { kind: 'plan', digest: plan.hash },
    planDigests: commandDigests(plan, digestOf).forward,
  }
}

async function runAll(deps: Deps, at: Situation, commands: Step['apply'], permission: Permission): Promise<void> {
  for (const [commandIndex, command] of commands.entries()) {
    const { runId, end } = await attempt(deps, at, () =>
      execute(deps, { ...at, stepId: at.step.id, commandIndex, command, as: at.step.as, permission }),
    )
    await settle(deps, at, runId, end)
  }
}

/** Failures of the way there, told as this step's. When we were asked to let go, the run goes on without us. */
async function attempt<T>(deps: Deps, at: Situation, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (at.signal.aborted) throw detached()
    const timeoutMs = Math.max(0, ...at.step.apply.map(timeoutOf))
    const begun = await underWay(deps, { operationId: at.operation.id, stepId: at.step.id, timeoutMs })
    throw asFailure(error, { server: at.server, doing: `"${at.step.title}"` }, begun, at.patientUntil)
  }
}

async function settle(deps: Deps, at: Situation, runId: string, end: RunEnd): Promise<void> {
  const { step, server } = at
  if (end.kind === 'unknown') {
    const observed = step.verify ?? step.check
    // The run counts as open until the host has been looked at: as long as it boots, that is tried again.
    const seen = observed === undefined ? null : await look(deps, at, observed)
    await deps.store.runs.finish(runId, end)
    if (seen?.holds === true) return
    throw outcomeUnknown(step.title, server.name, [end.because, seen?.because ?? ''].join('. ').replace(/[. ]*$/, '.'))
  }
  await deps.store.runs.finish(runId, end)
  if (end.kind === 'exited' && end.exitCode === 0) return
  const output = await deps.store.outputs.result(runId, 65_536)
  const tail = lastLines(`${output.stdout}\n${output.stderr}`)
  if (end.timedOut)
    throw commandFailed({
      title: step.title,
      server: server.name,
      type: 'command_timeout',
      because: `it was ended after ${Math.round(end.durationMs / 1000)} s.`,
      tail,
      code: 'TIMEOUT',
    })
  const how = end.kind === 'exited' ? `exit status ${end.exitCode}` : `ended by signal ${end.signal}`
  throw commandFailed({
    title: step.title,
    server: server.name,
    type: classifyCommandFailure({
      exitCode: end.kind === 'exited' ? end.exitCode : null,
      stderr: output.stderr,
      stdout: output.stdout,
    }),
    because: `${how}. ${lastLines(output.stderr, 3)}`.trim(),
    tail,
  })
}

type Look = { readonly holds: boolean; readonly because: string }

const look = (deps: Deps, at: Situation, command: NonNullable<Step['check']>): Promise<Look> =>
  attempt(deps, at, async () => {
    const { operation, server, target, signal, step } = at
    const seen = await ask(deps, { operation, server, target, command, as: step.as, signal, fresh: true })
    if (seen.timedOut || seen.exitCode === null || seen.exitCode > 128) throw cutOff(server.name)
    return { holds: seen.exitCode === 0, because: lastLines(seen.stderr, 3) }
  })

/** A look that a signal ended, as when its host goes down, has not said no. */
const cutOff = (host: string): SshError =>
  new SshError({ type: 'temporary_failure', host, because: 'a look at it was cut off before it could answer' })

export const lastLines = (text: string, count = 20): string =>
  text.trimEnd().split('\n').slice(-count).join('\n').trim()

const stateAfter = (error: unknown): StepState =>
  typeof error === 'object' && error !== null && 'type' in error && error.type === 'OutcomeUnknown'
    ? 'unknown'
    : 'failed'
