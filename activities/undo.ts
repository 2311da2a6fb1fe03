import { Context } from '@temporalio/activity'
import { isGoingDown } from '../commands/systemd.ts'
import { assessPlan, digestOf } from '../guard/index.ts'
import { commandOfRevert } from '../plans/auto-revert.ts'
import { commandDigests } from '../plans/hash.ts'
import type { StepState } from '../schema/operation.ts'
import type { Step } from '../schema/plan.ts'
import type { RunEnd } from '../schema/run.ts'
import type { Deps } from './deps.ts'
import { execute, type Permission } from './execute.ts'
import { withHeartbeat } from './heartbeat.ts'
import { attempt, look, settle, situate, type Situation, type StepWork } from './step-at-work.ts'

export type UndoAnswer = { readonly state: Extract<StepState, 'undone' | 'unchanged'> }

export const undoActivities = (deps: Deps) => ({
  /** Takes one step back from the before-state that it saved. A step that changed nothing is left alone. */
  async undoStep(work: StepWork & { approvalId?: string | null }): Promise<UndoAnswer> {
    return withHeartbeat(async (signal) => {
      const begun = Date.now()
      const at = await situate(deps, work, signal)
      const touched = (await deps.store.runs.ofPlanStep({ planId: at.plan.id, stepId: at.step.id })).length > 0
      if (!touched || at.step.undo === undefined) return { state: 'unchanged' }
      await takeBack(deps, at, at.step.undo, permissionFor(at, work.approvalId ?? null))
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

/** What takes an approved plan back was shown with it, and is covered by the same approval. */
function permissionFor({ plan, step, server }: Situation, approvalId: string | null): Permission {
  const own = commandOfRevert(plan, step.id, 'undo')
  if (own !== null) return { kind: 'auto_revert', digest: digestOf(own) }
  return {
    kind: 'undo',
    planHash: plan.hash,
    undoDigests: commandDigests(plan, digestOf).undo,
    applied: step.apply,
    approvalId: assessPlan(plan, server).verdict === 'allow' ? null : approvalId,
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
  if (o.tries === undoTries || !(await isCutOff(deps, at, runId, end))) {
    await settle(deps, at, runId, end)
    return true
  }
  await attempt(deps, at, () => deps.ssh.kill(at.target, { runId, as: at.step.as }))
  const because = 'it failed while its host went down'
  await deps.store.runs.finish(runId, end.kind === 'exited' ? { kind: 'unknown', because } : end)
  return false
}

/** Also what failed while its host went down, when systemd refuses whatever it is asked for. */
async function isCutOff(deps: Deps, at: Situation, runId: string, end: RunEnd): Promise<boolean> {
  if (end.kind === 'unknown') return true
  if (end.kind === 'killed') return !end.timedOut
  if (end.exitCode === 0 || end.timedOut) return false
  const begun = await deps.store.runs.get(runId)
  const boot = await attempt(deps, at, () => deps.ssh.boot(at.target))
  return begun?.boot !== boot || (await look(deps, at, isGoingDown)).holds
}
