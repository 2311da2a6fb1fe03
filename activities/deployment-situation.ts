import { inspectForDeployment, parseDeploymentFacts } from '../commands/deployment-facts.ts'
import { deploymentQuestions, type DeploymentSituation } from '../plans/deployment-wish.ts'
import type { Application } from '../schema/application.ts'
import type { DeploymentPart } from '../schema/deployment.ts'
import type { Server } from '../schema/server.ts'
import type { Operation } from '../store/index.ts'
import type { Deps } from './deps.ts'
import { ask } from './execute.ts'
import { standstills } from './standstills.ts'
import { targetFor } from './targets.ts'

/** Looks at a server for a deployment: what is there of the application, and what the server is in the middle of. */
export async function lookForDeployment(
  deps: Deps,
  o: {
    operation: Operation | null
    server: Server
    application: Application
    part?: DeploymentPart | undefined
    signal: AbortSignal
  },
): Promise<{ situation: DeploymentSituation; busy: readonly string[] }> {
  const { operation, server, application, part, signal } = o
  const { user } = server.app
  const questions = deploymentQuestions(application, user)
  const target = await targetFor(deps, server, 'root')
  const at = { operation, server, target, signal }
  const busy = await standstills(deps, at)
  const seen = await ask(deps, { ...at, command: inspectForDeployment(questions), as: 'root', fresh: true })
  const facts = parseDeploymentFacts(seen.stdout, questions)
  const place = { application: application.name, serverId: server.id }
  const [active, history] = await Promise.all([deps.store.releases.active(place), deps.store.releases.known(place)])
  const serving = facts.current.kind === 'release' ? facts.current.release : null
  const situation = {
    operationId: operation?.id ?? '',
    server: { name: server.name, user },
    application,
    previous: active !== null && active.release === serving ? active.definition : null,
    history,
    facts,
    part,
  }
  return { situation, busy }
}
