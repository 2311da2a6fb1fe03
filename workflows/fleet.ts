import { CancellationScope, CancelledFailure } from '@temporalio/workflow'
import type { DeploymentPart } from '../schema/deployment.ts'
import type { OperationResult } from '../schema/operation.ts'
import type { FleetInput } from '../schema/start.ts'
import type { ServerRef } from '../schema/server.ts'
import { records } from './activities.ts'
import { runChild } from './children.ts'
import { openOperation, type Operation } from './operation.ts'
import { asked, orTakeBack } from './rollout.ts'
import { countEnd, openTally, type Tally, verdict } from './tally.ts'
import { allTogether } from './together.ts'

/** Work on many servers: one child operation a server, in batches, stopping at a threshold of failures. */
export async function fleet(input: FleetInput): Promise<OperationResult> {
  const operation = openOperation({ ...input, server: null }, `${input.work.kind} on ${input.servers.length} servers`)
  return operation.run(async () => {
    const tally = openTally()
    const work = (): Promise<void> =>
      input.rollout?.kind === 'together' ? allTogether(operation, input, tally) : inBatches(operation, input, tally)
    const result = await (input.work.kind === 'deployment' ? orTakeBack(input, tally, work) : seen(work, tally))
    await CancellationScope.nonCancellable(() => records.endOperation({ operationId: input.operationId, result }))
    return result
  })
}

async function seen(work: () => Promise<void>, tally: Tally): Promise<OperationResult> {
  await work()
  return verdict(tally)
}

async function inBatches(operation: Operation, input: FleetInput, tally: Tally): Promise<void> {
  let begun = 0
  for (const { servers, partOf, most } of batchesOf(input)) {
    if (tally.isStopped) break
    begun += servers.length
    // Each child's end is waited for, also after a cancel: then none of them works on behind the parent's back.
    const children = servers.map(async (server, at) => {
      const end = await runChild(server, () => records.createChildOperation(asked(input, server, partOf(at))))
      return { server, end }
    })
    for (const { server, end } of await Promise.all(children)) countEnd(tally, server, end)
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('cancelled on request')
    tally.isStopped = tally.badly.length >= most
    operation.become('running', {
      detail: `${tally.well} well, ${tally.badly.length} not, of ${input.servers.length}`,
    })
  }
  tally.left = input.servers.length - begun
}

type Batch = {
  readonly servers: readonly ServerRef[]
  readonly partOf: (at: number) => DeploymentPart | undefined
  /** So many failures, all in all, are too many. */
  readonly most: number
}

/** A canary is the first batch, whatever its size: where it fails on one server, it comes to no other. */
function batchesOf({ servers, batch, stopAfterFailures, rollout }: FleetInput): Batch[] {
  const canary = rollout?.kind === 'canary' ? rollout : null
  const first = canary?.first ?? 0
  const others = servers.slice(first)
  const inParts = Array.from({ length: Math.ceil(others.length / batch) }, (_, at) => ({
    servers: others.slice(at * batch, (at + 1) * batch),
    partOf: () => (canary === null ? undefined : ('rest' as const)),
    most: stopAfterFailures,
  }))
  if (canary === null) return inParts
  const partOf = (at: number) => (canary.isGated && at === 0 ? 'gated' : 'canary')
  return [{ servers: servers.slice(0, first), partOf, most: 1 }, ...inParts]
}
