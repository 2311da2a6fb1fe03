import { putStateBack, restoreNow } from '../commands/auto-revert.ts'
import type { Plan, PlanDraft, SavedState, Step } from '../schema/plan.ts'
import { armStep } from '../schema/plan.ts'

type Request = { readonly operationId: string; readonly timeoutMs: number }

/**
 * Takes lockdowns back, newest first: the state that each has saved on the host is put back, then what it installed
 * before that is taken away. The host returns to the locked state by itself unless a fresh log-in is proved.
 */
export function planLockdownRevert(lockdowns: readonly Plan[], { operationId, timeoutMs }: Request): PlanDraft {
  const restored = lockdowns.flatMap((plan) => restore(plan, operationId))
  const [first, last] = [restored[0], restored.at(-1)]
  return {
    steps: [...restored, ...lockdowns.flatMap((plan) => takeAway(plan))],
    warnings: [],
    ...(first === undefined || last === undefined
      ? {}
      : { autoRevert: { fromStep: first.id, untilStep: last.id, timeoutMs, save: together(lockdowns) } }),
  }
}

function restore(plan: Plan, operationId: string): Step[] {
  if (plan.autoRevert === undefined) return []
  const saved = { operationId: plan.operation, save: plan.autoRevert.save }
  return [
    {
      id: `restore.${plan.operation}`,
      title: `Put back ${plan.autoRevert.save.files.length} files, firewall and units as they were before operation ${plan.operation}`,
      as: 'root',
      apply: [putStateBack(saved)],
      undo: [restoreNow(operationId)],
    },
  ]
}

/** What a lockdown did before anything could be cut, such as installing packages: by the undo that it brought along. */
function takeAway(plan: Plan): Step[] {
  const from = plan.steps.findIndex(({ id }) => id === armStep)
  const before = from < 0 ? plan.steps : plan.steps.slice(0, from)
  return before.toReversed().flatMap((step) =>
    step.undo === undefined || step.alreadySo !== undefined
      ? []
      : [
          {
            id: `take-back.${plan.operation}.${step.id}`,
            title: `Take back: ${step.title}`,
            as: step.as,
            apply: step.undo,
          },
        ],
  )
}

function together(plans: readonly Plan[]): SavedState {
  const saved = plans.flatMap(({ autoRevert }) => (autoRevert === undefined ? [] : [autoRevert.save]))
  const all = (list: (save: SavedState) => readonly string[]) => [...new Set(saved.flatMap((save) => list(save)))]
  return {
    files: all(({ files }) => files),
    units: all(({ units }) => units),
    firewall: saved.some(({ firewall }) => firewall),
    kernelParameters: all(({ kernelParameters }) => kernelParameters),
    reload: all(({ reload }) => reload),
  }
}
