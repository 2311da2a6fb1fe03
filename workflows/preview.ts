import type { PlannedWork } from '../activities/plans.ts'
import type { OperationResult } from '../schema/operation.ts'
import type { PlanOutline } from '../schema/plan.ts'
import type { PreviewInput } from '../schema/start.ts'
import { reads, records } from './activities.ts'
import { openOperation } from './operation.ts'

/** A dry run: plans, stores the plan with its diffs, and ends. It holds nothing and changes nothing. */
export async function preview(input: PreviewInput): Promise<OperationResult> {
  const operation = openOperation(input, `Preview of ${input.of.kind} on ${input.server.name}`)
  return operation.run(async () => {
    const plan = await planWhat(input)
    operation.showPlan(plan)
    const result = foreseen(plan)
    await records.endOperation({ operationId: input.operationId, result })
    return result
  })
}

function planWhat({ operationId, server, of }: PreviewInput): Promise<PlannedWork> {
  switch (of.kind) {
    case 'setup':
      return reads.planSetup({ operationId, server, settings: of.settings })
    case 'transfer':
      return of.settings.direction === 'upload'
        ? reads.planUpload({ operationId, server, settings: of.settings })
        : reads.planSynchronization({ operationId, server, settings: of.settings })
    case 'lockdown':
      return reads.planLockdown({ operationId, server, settings: of.settings })
    case 'lockdown_revert':
      return reads.planLockdownRevert({ operationId, server, settings: of.settings })
    case 'key_rotation':
      return reads.previewKeyRotation({ operationId, server, settings: of.settings })
    case 'service_action':
      return reads.planUnitAction({ operationId, server, settings: of.settings })
    case 'deployment':
    case 'rollback':
      return reads.planDeployment({ operationId, server, settings: of.settings, kind: of.kind })
    case 'service_definition':
      return reads.planUnitDefinition({ operationId, server, settings: of.settings })
    default:
      return of satisfies never
  }
}

function foreseen(plan: PlanOutline): OperationResult {
  const already = plan.steps.filter((step) => step.alreadySo).length
  const toApply = plan.steps.length - already
  return {
    state: 'unchanged',
    message: `Nothing was changed. ${toApply} of ${plan.steps.length} steps would be looked at and applied, ${already} are already so.`,
    stepsApplied: 0,
    stepsUnchanged: already,
  }
}
