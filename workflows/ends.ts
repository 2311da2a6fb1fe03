import { ActivityFailure, ApplicationFailure, CancelledFailure, ChildWorkflowFailure } from '@temporalio/workflow'
import type { OperationResult } from '../schema/operation.ts'
import type { Problem } from '../schema/problem.ts'

/** A decision against the operation: it ends `refused`, and nothing was run. */
export const refused = (message: string): ApplicationFailure =>
  ApplicationFailure.create({ message, type: 'Refused', nonRetryable: true })

/** The failure that an activity threw, out of Temporal's wrappers; null for what is no failure of the work but of this code. */
export function failureOf(error: unknown): ApplicationFailure | null {
  if (error instanceof ApplicationFailure) return error
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) {
    if (error.cause instanceof ApplicationFailure) return error.cause
    return ApplicationFailure.create({
      message: error.cause?.message ?? error.message,
      type: 'TimedOut',
      nonRetryable: true,
    })
  }
  return null
}

export const problemOf = (failure: ApplicationFailure): Problem | undefined => failure.details?.find(isProblem)

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'code' in value && 'suggestions' in value

/** Ends the workflow so that Temporal's own status tells the same as the result. */
export function throwAsEnd(result: OperationResult): OperationResult {
  switch (result.state) {
    case 'succeeded':
    case 'unchanged':
    case 'refused':
      return result
    case 'cancelled':
      throw new CancelledFailure(result.message, [result])
    case 'failed':
    case 'rolled_back':
    case 'rollback_failed':
    case 'unknown':
      throw ApplicationFailure.create({
        message: result.message,
        type: result.state,
        nonRetryable: true,
        details: [result],
      })
    default:
      return result.state satisfies never
  }
}
