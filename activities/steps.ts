import { assessPlan, digestOf } from '../guard/index.ts'
import { commandOfRevert } from '../plans/auto-revert.ts'
import { commandDigests } from '../plans/hash.ts'
import type { Command } from '../schema/command.ts'
import type { StepState } from '../schema/operation.ts'
import type { Deps } from './deps.ts'
import { execute, type Permission } from './execute.ts'
import { commandFailed } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { attempt, look, settle, situate, type Situation, type StepWork } from './step-at-work.ts'

export type StepAnswer = { readonly state: Extract<StepState, 'applied' | 'unchanged'> }

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
})

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

async function mustHold(deps: Deps, at: Situation, verify: Command): Promise<void> {
  const seen = await look(deps, at, verify)
  if (seen.holds) return
  const because = `it was applied, but afterwards it does not hold. ${seen.because}`.trim()
  throw commandFailed({ title: at.step.title, server: at.server.name, type: 'unknown', because, tail: seen.because })
}

/** A plan that asked is covered by its approval, command by command; one that did not ask is harmless by itself. */
function permissionFor({ plan, step, server }: Situation, approvalId: string | null): Permission {
  if (approvalId === null || assessPlan(plan, server).verdict === 'allow') {
    const own = commandOfRevert(plan, step.id, 'apply')
    return own === null ? { kind: 'harmless' } : { kind: 'auto_revert', digest: digestOf(own) }
  }
  return {
    kind: 'approval',
    approvalId,
    subject: { kind: 'plan', digest: plan.hash },
    planDigests: commandDigests(plan, digestOf).forward,
  }
}

async function runAll(deps: Deps, at: Situation, commands: readonly Command[], permission: Permission): Promise<void> {
  for (const [commandIndex, command] of commands.entries()) {
    const { runId, end } = await attempt(deps, at, () =>
      execute(deps, { ...at, stepId: at.step.id, commandIndex, command, as: at.step.as, permission }),
    )
    await settle(deps, at, runId, end)
  }
}

const stateAfter = (error: unknown): StepState =>
  typeof error === 'object' && error !== null && 'type' in error && error.type === 'OutcomeUnknown'
    ? 'unknown'
    : 'failed'
