import { executeChild, ParentClosePolicy } from '@temporalio/workflow'
import type { OperationResult } from '../schema/operation.ts'
import type { FleetInput } from '../schema/start.ts'
import type { ServerRef } from '../schema/server.ts'
import { records } from './activities.ts'
import { failureOf } from './ends.ts'
import { openOperation } from './operation.ts'

/** Work on many servers: one child operation a server, in batches, stopping at a threshold of failures. */
export async function fleet(input: FleetInput): Promise<OperationResult> {
  const operation = openOperation({ ...input, server: null }, `${input.work.kind} on ${input.servers.length} servers`)
  return operation.run(async () => {
    const tally = { well: 0, badly: [] as string[], left: 0 }
    for (let from = 0; from < input.servers.length; from += input.batch) {
      if (tally.badly.length >= input.stopAfterFailures) {
        tally.left = input.servers.length - from
        break
      }
      const batch = input.servers.slice(from, from + input.batch)
      const ends = await Promise.all(batch.map((server) => runChild(input, server)))
      for (const [at, end] of ends.entries()) {
        if (end.state === 'succeeded' || end.state === 'unchanged') tally.well += 1
        else tally.badly.push(`${batch[at]?.name}: ${end.state}`)
      }
      operation.become('running', {
        detail: `${tally.well} well, ${tally.badly.length} not, of ${input.servers.length}`,
      })
    }
    const result = verdict(tally)
    await records.endOperation({ operationId: input.operationId, result })
    return result
  })
}

async function runChild(input: FleetInput, server: ServerRef): Promise<OperationResult> {
  const child = await records.createChildOperation({
    parent: input.operationId,
    server,
    work: input.work,
    requester: input.requester,
    correlationId: input.correlationId,
    approvalFromTemporal: input.approvalFromTemporal,
  })
  try {
    return await executeChild(child.workflow, {
      workflowId: child.workflowId,
      args: [child.input],
      staticSummary: child.title,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    })
  } catch (error) {
    const failure = failureOf(error)
    if (failure === null) throw error
    const result: OperationResult = { state: 'failed', message: failure.message }
    await records.endOperation({ operationId: child.operationId, result })
    return failure.details?.find(isResult) ?? result
  }
}

const isResult = (value: unknown): value is OperationResult =>
  typeof value === 'object' && value !== null && 'state' in value && 'message' in value

function verdict(tally: { well: number; badly: readonly string[]; left: number }): OperationResult {
  if (tally.badly.length === 0) return { state: 'succeeded', message: `All ${tally.well} servers ended well.` }
  const left = tally.left === 0 ? '' : ` ${tally.left} were not begun, because the threshold of failures was reached.`
  return {
    state: 'failed',
    message: `${tally.well} servers ended well, ${tally.badly.length} did not (${tally.badly.slice(0, 20).join('; ')}).${left}`,
  }
}
