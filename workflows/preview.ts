import type { OperationResult } from '../schema/operation.ts'
import type { PreviewInput } from '../schema/start.ts'
import { reads } from './activities.ts'
import { openOperation } from './operation.ts'

/** A dry run: plans, stores the plan with its diffs, and ends. It holds nothing and changes nothing. */
export async function preview(input: PreviewInput): Promise<OperationResult> {
  const operation = openOperation(input, `Preview of ${input.of.kind} on ${input.server.name}`)
  return operation.run(async () => {
    const plan = await reads.planSetup({
      operationId: input.operationId,
      server: input.server,
      settings: input.of.settings,
    })
    operation.showPlan(plan)
  })
}
