import { CancellationScope, isCancellation } from '@temporalio/workflow'
import type { DeploymentPart } from '../schema/deployment.ts'
import type { OperationResult } from '../schema/operation.ts'
import type { FleetInput } from '../schema/start.ts'
import type { ServerRef } from '../schema/server.ts'
import { records } from './activities.ts'
import { runChild } from './children.ts'
import { servers, stuck, type Tally, verdict } from './tally.ts'

/** What an activity is told of one server of a fleet. */
export const asked = (
  { operationId: parent, work, approvalFromTemporal }: FleetInput,
  server: ServerRef,
  part?: DeploymentPart,
) => ({ parent, server, work, approvalFromTemporal, ...(part === undefined ? {} : { part }) })

/** A deployment to several servers: one version for all of them, also where it is cancelled on the way. */
export async function orTakeBack(input: FleetInput, tally: Tally, work: () => Promise<void>): Promise<OperationResult> {
  try {
    await work()
  } catch (error) {
    if (!isCancellation(error)) throw error
    return takeAllBack(input, tally, { state: 'cancelled', message: 'Cancelled.' })
  }
  return tally.isStopped ? takeAllBack(input, tally, verdict(tally)) : verdict(tally)
}

/** Servers that the release has reached go back to what served there, the last one first. Nobody can cancel that. */
const takeAllBack = (input: FleetInput, tally: Tally, because: OperationResult): Promise<OperationResult> =>
  CancellationScope.nonCancellable(async () => {
    const left = stuck(tally).map(({ server, end }) => `${server.name}: ${end.message}`)
    for (const server of tally.reached.toReversed()) {
      const end = await runChild(server, () => records.createWayBack(asked(input, server)))
      if (end.state !== 'succeeded' && end.state !== 'unchanged') left.push(`${server.name}: ${end.message}`)
    }
    return endAfter(tally, because, left)
  })

function endAfter({ badly, reached }: Tally, because: OperationResult, left: readonly string[]): OperationResult {
  if (left.length > 0)
    return { ...because, state: 'rollback_failed', message: `${because.message} Not all went back: ${left.join('; ')}` }
  const back = reached.length === 0 ? '' : ` ${servers(reached.length)} went back to what served before.`
  const isTaken = reached.length > 0 || badly.some(({ end }) => end.state === 'rolled_back')
  const state = because.state === 'cancelled' || !isTaken ? because.state : 'rolled_back'
  return { ...because, state, message: `${because.message}${back}` }
}
