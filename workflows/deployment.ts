import type { DeploymentOutcome } from '../schema/deployment.ts'
import { deploymentTitle } from '../schema/titles.ts'
import type { OperationResult } from '../schema/operation.ts'
import type { DeploymentInput } from '../schema/start.ts'
import { reads, records } from './activities.ts'
import { type Done, lockAndApply } from './apply.ts'
import { openMeetings } from './meetings.ts'
import { openOperation } from './operation.ts'

/** Brings a release of an application to a server: verified beside what serves, switched by one rename, proved healthy, else taken back. */
export const deployment = (input: DeploymentInput): Promise<OperationResult> => bring(input, 'deployment')

/** Goes back to a release that has served before, by the same steps; what of it still lies there is not brought again. */
export const rollback = (input: DeploymentInput): Promise<OperationResult> => bring(input, 'rollback')

function bring(input: DeploymentInput, kind: 'deployment' | 'rollback'): Promise<OperationResult> {
  const { operationId, server, settings } = input
  const title = deploymentTitle(kind, settings, server.name)
  const operation = openOperation(input, title)
  const meetOthers = openMeetings(operation)
  const work = { operationId, server, settings }
  const planDeployment = (previous?: { id: string; hash: string }) => reads.planDeployment({ ...work, kind, previous })

  return operation.run(async () => {
    const done = await lockAndApply(operation, server, title, planDeployment, meetOthers)
    const result = tell(done, await records.recordRelease(work), server.name)
    await records.endOperation({ operationId, result })
    return result
  })
}

function tell({ applied, unchanged }: Done, outcome: DeploymentOutcome, server: string): OperationResult {
  const { application, release, previous } = outcome
  const before = previous === null || previous === release ? '' : ` Before it, ${previous} served.`
  return {
    state: applied === 0 ? 'unchanged' : 'succeeded',
    message:
      applied === 0
        ? `${application} ${release} serves on ${server} already; nothing was changed.`
        : `${application} ${release} serves on ${server}.${before}`,
    stepsApplied: applied,
    stepsUnchanged: unchanged,
    deployment: outcome,
  }
}
