import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  ChildWorkflowFailure,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  TemporalFailure,
} from '@temporalio/workflow'
import type { OperationResult } from '../schema/operation.ts'
import type { FleetInput } from '../schema/start.ts'
import type { ServerRef } from '../schema/server.ts'
import type { Child } from '../activities/fleet.ts'
import { records } from './activities.ts'
import { failureOf } from './ends.ts'
import { openOperation } from './operation.ts'

/** Work on many servers: one child operation a server, in batches, stopping at a threshold of failures. */
export async function fleet(input: FleetInput): Promise<OperationResult> {
  const operation = openOperation({ ...input, server: null }, `${input.work.kind} on ${input.servers.length} servers`)
  return operation.run(async () => {
    const tally = { well: 0, badly: [] as string[], left: 0 }
    const reached: ServerRef[] = []
    for (let from = 0; from < input.servers.length; from += input.batch) {
      if (tally.badly.length >= input.stopAfterFailures) {
        tally.left = input.servers.length - from
        break
      }
      const batch = input.servers.slice(from, from + input.batch)
      // Each child's end is waited for, also after a cancel: then none of them works on behind the parent's back.
      const ends = await Promise.all(batch.map((server) => runChild(server, () => createChild(input, server))))
      if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('cancelled on request')
      for (const [at, end] of ends.entries()) {
        if (isReached(end)) reached.push(...batch.slice(at, at + 1))
        if (end.state === 'succeeded' || end.state === 'unchanged') tally.well += 1
        else tally.badly.push(`${batch[at]?.name}: ${end.state}`)
      }
      operation.become('running', {
        detail: `${tally.well} well, ${tally.badly.length} not, of ${input.servers.length}`,
      })
    }
    const result =
      input.work.kind === 'deployment' && tally.badly.length >= input.stopAfterFailures
        ? await takeAllBack(input, reached, verdict(tally))
        : verdict(tally)
    await records.endOperation({ operationId: input.operationId, result })
    return result
  })
}

/** Whether another release serves there now than before. */
const isReached = ({ state, deployment }: OperationResult): boolean =>
  state === 'succeeded' && deployment !== undefined && deployment.previous !== deployment.release

const createChild = (input: FleetInput, server: ServerRef): Promise<Child> =>
  records.createChildOperation(asked(input, server))

const asked = ({ operationId: parent, work, approvalFromTemporal }: FleetInput, server: ServerRef) => ({
  parent,
  server,
  work,
  approvalFromTemporal,
})

/** One version for all: servers that a deployment has reached go back to what served there, the last one first. */
async function takeAllBack(
  input: FleetInput,
  reached: readonly ServerRef[],
  { message, ...result }: OperationResult,
): Promise<OperationResult> {
  const left: string[] = []
  for (const server of reached.toReversed()) {
    const end = await runChild(server, () => records.createWayBack(asked(input, server)))
    if (end.state !== 'succeeded' && end.state !== 'unchanged') left.push(`${server.name}: ${end.message}`)
  }
  if (left.length > 0)
    return { ...result, state: 'rollback_failed', message: `${message} Not all went back: ${left.join('; ')}` }
  if (reached.length === 0) return { ...result, message }
  return {
    ...result,
    state: 'rolled_back',
    message: `${message} ${servers(reached.length)} went back to what served before.`,
  }
}

/** How the operation on one server ended. It throws for no end of a child: the others go on. */
async function runChild(server: ServerRef, create: () => Promise<Child | null>): Promise<OperationResult> {
  let child: Child | null = null
  try {
    child = await create()
    if (child === null)
      return { state: 'failed', message: 'nothing served there before, so there is nothing to go back to.' }
    return await executeChild(child.workflow, {
      workflowId: child.workflowId,
      args: [child.input],
      staticSummary: child.title,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    })
  } catch (error) {
    const told = endIn(error)
    if (told !== null) return told
    const result = withoutEnd(error, server, child)
    if (child !== null) await storeEnd(child.operationId, result)
    return result
  }
}

/** The result that an ended child has stored, out of the failure that it ended with. */
function endIn(error: unknown): OperationResult | null {
  const cause = error instanceof ChildWorkflowFailure ? error.cause : null
  const details = cause instanceof ApplicationFailure || cause instanceof CancelledFailure ? cause.details : null
  return details?.find(isResult) ?? null
}

/** What is said of a child that could not tell its end itself: it never began, or it was terminated. */
function withoutEnd(error: unknown, server: ServerRef, child: Child | null): OperationResult {
  if (isCancellation(error)) return { state: 'cancelled', message: 'Cancelled before it began.' }
  if (child !== null && isAlreadyStarted(error))
    return {
      state: 'failed',
      message: `The same is under way on ${server.name} already (workflow ${child.workflowId}).`,
    }
  const failure = failureOf(error)
  if (failure === null) throw error
  return { state: 'failed', message: failure.message }
}

/** By its name: @temporalio/workflow throws this class and does not export it. */
const isAlreadyStarted = (error: unknown): boolean =>
  error instanceof TemporalFailure && error.name === 'WorkflowExecutionAlreadyStartedError'

const storeEnd = (operationId: string, result: OperationResult): Promise<void> =>
  CancellationScope.nonCancellable(() => records.endOperation({ operationId, result }))

const isResult = (value: unknown): value is OperationResult =>
  typeof value === 'object' && value !== null && 'state' in value && 'message' in value

function verdict(tally: { well: number; badly: readonly string[]; left: number }): OperationResult {
  const { well, badly, left } = tally
  if (badly.length === 0) return { state: 'succeeded', message: `All went well on ${servers(well)}.` }
  const rest = left === 0 ? '' : ` ${servers(left)} not begun, because the threshold of failures was reached.`
  const named = badly.slice(0, 20).join('; ')
  return { state: 'failed', message: `Well on ${servers(well)}, not on ${badly.length} (${named}).${rest}` }
}

const servers = (count: number): string => `${count} server${count === 1 ? '' : 's'}`
