import type { OperationResult } from '../schema/operation.ts'
import type { UnitDefinitionInput } from '../schema/start.ts'
import { definitionTitle } from '../schema/titles.ts'
import { reads } from './activities.ts'
import { lockAndApply } from './apply.ts'
import { openOperation } from './operation.ts'
import { endWithUnit } from './unit-outcome.ts'

/** Brings a service to its definition: its file, checked before it is put in place, and how it runs. */
export async function unitDefinition(input: UnitDefinitionInput): Promise<OperationResult> {
  const { operationId, server, settings } = input
  const title = definitionTitle(settings, server.name)
  const operation = openOperation(input, title)
  const planUnitDefinition = (previous?: { id: string; hash: string }) =>
    reads.planUnitDefinition({ operationId, server, settings, previous })

  return operation.run(async () => {
    const done = await lockAndApply(operation, server, title, planUnitDefinition)
    return endWithUnit({ operationId, server, service: settings.service, scope: 'system' }, done)
  })
}
