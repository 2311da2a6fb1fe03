import {
  allHold,
  armRevert,
  disarmRevert,
  isDisarmed,
  isRevertAlive,
  onlyWhileArmed,
  standDown,
  wasNeverArmed,
} from '../commands/auto-revert.ts'
import type { Command } from '../schema/command.ts'
import { armStep, type AutoRevert, disarmStep, type Plan, type PlanDraft, type Step } from '../schema/plan.ts'

/**
 * A plan that asks for an automatic revert, with the steps that arm it and disarm it. What stands between them changes
 * nothing unless the revert is armed at that moment, whoever lost time in between. Where nothing between them is to be
 * done, nothing is armed.
 */
export function underAutoRevert(draft: PlanDraft, operationId: string): PlanDraft {
  const { autoRevert, steps } = draft
  if (autoRevert === undefined) return draft
  const from = steps.findIndex(({ id }) => id === autoRevert.fromStep)
  const until = steps.findIndex(({ id }) => id === autoRevert.untilStep)
  if (from < 0 || until < from) throw new RangeError('the automatic revert of a plan names steps that it does not have')
  const guarded = steps.slice(from, until + 1)
  if (guarded.every(({ alreadySo }) => alreadySo !== undefined)) return { steps, warnings: draft.warnings }
  return {
    ...draft,
    steps: [
      ...steps.slice(0, from),
      arm(guarded, autoRevert, operationId),
      ...guarded.map((step) => ({ ...step, apply: step.apply.map((one) => onlyWhileArmed(operationId, one)) })),
      disarm(operationId, autoRevert),
      ...steps.slice(until + 1),
    ],
  }
}

function arm(guarded: readonly Step[], { timeoutMs, save }: AutoRevert, operationId: string): Step {
  const revert = { operationId, timeoutMs, save }
  const check = allChecks(guarded)
  return {
    id: armStep,
    title: `Arm the automatic revert: the host restores itself unless a new log-in is proved within ${timeoutMs / 1000} s`,
    as: 'root',
    ...(check === null ? {} : { check }),
    apply: [armRevert(revert)],
    verify: isRevertAlive(revert),
    undo: [standDown(revert)],
  }
}

const disarm = (operationId: string, { save, drop }: AutoRevert): Step => ({
  id: disarmStep,
  title: 'Disarm the automatic revert, now that a new log-in was proved',
  as: 'root',
  check: wasNeverArmed(operationId),
  apply: [disarmRevert({ operationId, save, drop })],
  verify: isDisarmed(operationId),
})

/** All that is to be brought about is so already, as far as that can be asked as root. */
function allChecks(guarded: readonly Step[]): Command | null {
  const checks = guarded.flatMap(({ as, check }) => (as === 'root' && check !== undefined ? [check] : []))
  return checks.length === guarded.length ? allHold(checks) : null
}

/** The one command that may arm the automatic revert of a plan, or disarm or take it back, made of what the plan says of it. */
export function commandOfRevert(
  plan: Pick<Plan, 'operation' | 'autoRevert'>,
  stepId: string,
  way: 'apply' | 'undo',
): Command | null {
  if (plan.autoRevert === undefined) return null
  const revert = { operationId: plan.operation, ...plan.autoRevert }
  if (stepId === armStep) return way === 'apply' ? armRevert(revert) : standDown(revert)
  return stepId === disarmStep && way === 'apply' ? disarmRevert(revert) : null
}
