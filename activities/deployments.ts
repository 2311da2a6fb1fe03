import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { policyFor } from '../guard/index.ts'
import { planDeployment } from '../plans/deployment.ts'
import { releaseOf } from '../plans/deployment-wish.ts'
import { Application, typedIn } from '../schema/application.ts'
import type { DeploymentOutcome, DeploymentPart, DeploymentSettings } from '../schema/deployment.ts'
import type { OperationKind } from '../schema/operation.ts'
import { inMaintenance, type Server, type ServerRef } from '../schema/server.ts'
import type { Operation } from '../store/index.ts'
import { lookForDeployment } from './deployment-situation.ts'
import type { Deps } from './deps.ts'
import { asFailure, guardRefused, preconditionFailed, refusedBeforeChange } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { begin, loadOperation } from './operations.ts'
import { planOf, type PlannedWork, storePlan } from './plans.ts'

type Work = { operationId: string; server: ServerRef; settings: DeploymentSettings }
type Kind = Extract<OperationKind, 'deployment' | 'rollback'>

export const deploymentActivities = (deps: Deps) => ({
  /** Looks at the server, then the pure plan, stored. Refused where something stands in the way, before anything is touched. */
  async planDeployment(work: Work & { kind: Kind; previous?: { id: string; hash: string } }): Promise<PlannedWork> {
    const { operation, server } = await begin(deps, work, work.kind)
    const application = applicationOf(operation)
    mustBeAllowed(deps, { operation, server, application })
    // Who goes back to what has served before waits for no canary.
    const part = work.kind === 'rollback' ? ('rest' as const) : work.settings.part
    const plan = await withHeartbeat((signal) => draft(deps, { operation, server, application, part, signal }))
    return storePlan(deps, { plan, server, previous: work.previous })
  },

  /** The release serves: it is what a rollback goes back to from now on. */
  async recordRelease({ operationId, server }: Work): Promise<DeploymentOutcome> {
    const operation = await loadOperation(deps, operationId)
    const application = applicationOf(operation)
    const release = releaseOf(application)
    const place = { application: application.name, serverId: server.id }
    const [newest, older] = await deps.store.releases.list({ ...place, limit: 2 })
    const before = newest?.operation === operationId ? older : newest
    // What was deployed once more and served already has not come to serve again.
    if (before?.release !== release || !isDeepStrictEqual(before.definition, application))
      await deps.store.releases.record({ operationId, serverId: server.id, release, definition: application })
    return {
      application: application.name,
      release,
      previous: before?.release ?? null,
      sha256: application.artifact.sha256 ?? null,
    }
  },
})

const Stored = z.object({ definition: Application })

/** What was asked to be deployed, as it is stored with the operation. */
export function applicationOf({ id, input }: Operation): Application {
  const stored = Stored.safeParse(input)
  if (stored.success) return stored.data.definition
  throw preconditionFailed(`Operation ${id} names no application.`, 'Start deployments through the API.')
}

/** What one of several servers goes back by: half of a deployment is worse than whatever keeps others from beginning. */
const isWayBack = ({ kind, parent }: Operation): boolean => kind === 'rollback' && parent !== null

async function draft(
  deps: Deps,
  o: {
    operation: Operation
    server: Server
    application: Application
    part: DeploymentPart | undefined
    signal: AbortSignal
  },
) {
  const { operation, server } = o
  const refuse = (because: string, next: string) => refusedBeforeChange(server.name, because, next)
  if (server.maintenance && !isWayBack(operation))
    throw refuse(`it is ${inMaintenance(server)}.`, 'Wait for its end: `drydock server show` says whether it is over.')
  try {
    const { situation, busy } = await lookForDeployment(deps, o)
    if (busy.length > 0 && !isWayBack(operation))
      throw refuse(`it is in the middle of something. ${busy.join(' ')}`, 'Start again once that is over.')
    const planned = planDeployment(situation)
    if (planned.kind === 'impossible') throw refuse(planned.problems.join(' '), 'Mend what is named, then start again.')
    return planOf(operation.id, server, planned.plan)
  } catch (error) {
    throw asFailure(error, { server, doing: 'Looking at it for the deployment' })
  }
}

/** What the lists of commands refuse when it is typed, they refuse in a hook or a health check (spec EXEC-8). */
function mustBeAllowed(
  deps: Deps,
  { operation, server, application }: { operation: Operation; server: Server; application: Application },
): void {
  const { role } = operation.requestedBy
  for (const command of typedIn(application)) {
    const answer = policyFor({ command, lists: deps.settings.guard, server, role })
    if (!answer.allowed) throw guardRefused(answer.because)
  }
}
