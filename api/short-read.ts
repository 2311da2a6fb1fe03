import { WorkflowFailedError } from '@temporalio/client'
import { ActivityFailure, ApplicationFailure } from '@temporalio/common'
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import { Problem } from '../schema/problem.ts'
import type { Deps } from './context.ts'
import { Refusal, refusalOf, unavailable } from './problem.ts'

/** Runs a short reading workflow and waits for its answer, which is checked by its schema. */
export async function shortRead<S extends z.ZodType>(
  deps: Deps,
  o: { workflow: string; idPrefix: string; summary: string; input: unknown; answer: S; limitMs: number },
): Promise<z.output<S>> {
  const { taskQueue } = deps.settings.temporal
  if (!(await deps.workerPolls(taskQueue))) throw unavailable(`No worker polls task queue "${taskQueue}".`)
  try {
    const answer: unknown = await deps.temporal.workflow.execute(o.workflow, {
      workflowId: `${o.idPrefix}/${uuidv7()}`,
      taskQueue,
      args: [o.input],
      staticSummary: o.summary,
      workflowExecutionTimeout: o.limitMs,
    })
    return o.answer.parse(answer)
  } catch (error) {
    if (error instanceof WorkflowFailedError) throw whyItFailed(error, o)
    throw error
  }
}

function whyItFailed(error: WorkflowFailedError, o: { summary: string; limitMs: number }): Error {
  const cause = error.cause instanceof ActivityFailure ? error.cause.cause : error.cause
  if (cause instanceof ApplicationFailure) {
    const problem = (cause.details ?? []).map((detail) => Problem.safeParse(detail)).find((parsed) => parsed.success)
    if (problem) return refusalOf(problem.data)
    return new Refusal(503, 'RETRYABLE', `${o.summary} failed: ${cause.message}`, { retryable: true, retry_after: 30 })
  }
  return new Refusal(504, 'TIMEOUT', `${o.summary} did not end within ${o.limitMs / 1000} s.`, {
    suggestion: 'Check that the host answers, and that a worker runs.',
    retryable: true,
    retry_after: 30,
    cause: error,
  })
}
