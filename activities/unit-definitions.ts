import { inspectUnitFile, parseUnitInspection, unitFile, type UnitInspection } from '../commands/unit-file.ts'
import { planUnitDefinition } from '../plans/unit-definition.ts'
import type { Server, ServerRef } from '../schema/server.ts'
import { wholeUnitName } from '../schema/unit.ts'
import type { UnitDefinitionSettings } from '../schema/unit-definition.ts'
import type { Operation } from '../store/index.ts'
import type { Deps } from './deps.ts'
import { ask } from './execute.ts'
import { asFailure, refusedBeforeChange } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { begin } from './operations.ts'
import { planOf, type PlannedWork, storePlan } from './plans.ts'
import { targetFor } from './targets.ts'

type Work = {
  operationId: string
  server: ServerRef
  settings: UnitDefinitionSettings
  previous?: { id: string; hash: string }
}

export const unitDefinitionActivities = (deps: Deps) => ({
  /** Looks at the unit, has the new file checked on the host, then the pure plan, stored. A file with a fault is refused. */
  async planUnitDefinition(work: Work): Promise<PlannedWork> {
    const { operation, server } = await begin(deps, work, 'service_definition')
    const { settings, operationId } = work
    const inspected = await withHeartbeat((signal) => inspect(deps, { operation, server, settings, signal }))
    const draft = planUnitDefinition({ operationId, settings, inspected })
    if (draft.kind === 'impossible')
      throw refusedBeforeChange(server.name, draft.problems.join(' '), 'Mend what is named, then start again.')
    return storePlan(deps, { plan: planOf(operationId, server, draft.plan), server, previous: work.previous })
  },
})

async function inspect(
  deps: Deps,
  o: { operation: Operation; server: Server; settings: UnitDefinitionSettings; signal: AbortSignal },
): Promise<UnitInspection> {
  const { operation, server, settings, signal } = o
  const unit = wholeUnitName(settings.service)
  const file = unitFile(unit, settings.definition)
  try {
    const target = await targetFor(deps, server, 'root')
    const command = inspectUnitFile(unit, file, operation.id)
    const said = await ask(deps, { operation, server, target, command, as: 'root', signal, fresh: true })
    return parseUnitInspection(said.stdout, unit, file, operation.id)
  } catch (error) {
    throw asFailure(error, { server, doing: `Inspecting ${unit} and checking its new file` })
  }
}
