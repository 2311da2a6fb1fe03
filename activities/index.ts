import { approvalActivities } from './approvals.ts'
import { auditActivities } from './audits.ts'
import { autoRevertActivities } from './auto-revert.ts'
import { commandActivities } from './commands.ts'
import { deploymentActivities } from './deployments.ts'
import type { Deps } from './deps.ts'
import { fleetActivities } from './fleet.ts'
import { gateActivities } from './gates.ts'
import { inspectionActivities } from './inspection.ts'
import { journalActivities } from './journals.ts'
import { keyRotationActivities } from './key-rotation.ts'
import { lockdownActivities } from './lockdown.ts'
import { lockActivities } from './locks.ts'
import { operationActivities } from './operations.ts'
import { planActivities } from './plans.ts'
import { prerequisiteActivities } from './prerequisites.ts'
import { repairActivities } from './repairs.ts'
import { runActivities } from './runs.ts'
import { serverActivities } from './servers.ts'
import { signalActivities } from './signals.ts'
import { stepActivities } from './steps.ts'
import { transferActivities } from './transfers.ts'
import { undoActivities } from './undo.ts'
import { unitDefinitionActivities } from './unit-definitions.ts'
import { unitActivities } from './units.ts'

export type { Deps } from './deps.ts'

/** Every side effect that workflows may call, over one set of dependencies. */
export const createActivities = (deps: Deps) => ({
  ...approvalActivities(deps),
  ...auditActivities(deps),
  ...autoRevertActivities(deps),
  ...commandActivities(deps),
  ...deploymentActivities(deps),
  ...fleetActivities(deps),
  ...repairActivities(deps),
  ...gateActivities(deps),
  ...inspectionActivities(deps),
  ...journalActivities(deps),
  ...keyRotationActivities(deps),
  ...lockActivities(deps),
  ...lockdownActivities(deps),
  ...operationActivities(deps),
  ...planActivities(deps),
  ...prerequisiteActivities(deps),
  ...runActivities(deps),
  ...serverActivities(deps),
  ...signalActivities(deps),
  ...stepActivities(deps),
  ...transferActivities(deps),
  ...undoActivities(deps),
  ...unitActivities(deps),
  ...unitDefinitionActivities(deps),
})

export type Activities = ReturnType<typeof createActivities>
