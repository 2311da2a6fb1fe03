import type { OperationResult } from '../schema/operation.ts'
import type { UnitActionInput } from '../schema/start.ts'
import { actionTitle } from '../schema/titles.ts'
import { reads } from './activities.ts'
import { lockAndApply } from './apply.ts'
import { openOperation } from './operation.ts'
import { endWithUnit } from './unit-outcome.ts'

/** Does one thing to a unit of systemd and waits for the state that is wanted; tells in which it is then. */
export async function unitAction(input: UnitActionInput): Promise<OperationResult> {
  const { operationId, server, settings } = input
  const title = actionTitle(settings, server.name)
  const operation = openOperation(input, title)
  const planUnitAction = (previous?: { id: string; hash: string }) =>
    reads.planUnitAction({ operationId, server, settings, previous })

  return operation.run(async () => {
    const done = await lockAndApply(operation, server, title, planUnitAction)
    return endWithUnit({ operationId, server, service: settings.service, scope: settings.scope }, done)
  })
}
