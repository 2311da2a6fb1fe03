import { ApplicationFailure, sleep } from '@temporalio/workflow'
import type { PlannedWork } from '../activities/plans.ts'
import { reads, records } from './activities.ts'
import { awaitDecision } from './approve.ts'
import type { Operation } from './operation.ts'

type OutlinedStep = PlannedWork['steps'][number]

/** What must be so before a step is applied: something that holds for a while, or a person's word. */
export async function proveBefore(operation: Operation, plan: PlannedWork, step: OutlinedStep): Promise<void> {
  if (step.alreadySo) return
  const work = { operationId: operation.input.operationId, planId: plan.id, stepId: step.id }
  if (step.watch !== undefined) await watch(operation, work, step.watch)
  if (step.isGated === true) await passGate(operation, work)
}

type Work = { operationId: string; planId: string; stepId: string }

/** Looks again and again, on durable timers; the first look that does not hold ends it. */
async function watch(operation: Operation, work: Work, o: { forMs: number; everyMs: number }): Promise<void> {
  const until = Date.now() + o.forMs
  operation.become('running', { detail: `Watched until ${new Date(until).toISOString()}` })
  for (;;) {
    await sleep(Math.max(1, Math.min(o.everyMs, until - Date.now())), { summary: 'Until the next look' })
    if (Date.now() >= until) break
    await reads.lookBeforeStep(work)
  }
  operation.become('running')
}

/** Who does not want it to go on, or says nothing in time, has what was done so far taken back. */
async function passGate(operation: Operation, work: Work): Promise<void> {
  const pending = await records.requestGate(work)
  try {
    await awaitDecision(operation, pending, (message) =>
      records.checkDecision({ operationId: work.operationId, approvalId: pending.approvalId, message }),
    )
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || error.type !== 'Refused') throw error
    throw ApplicationFailure.create({ message: error.message, type: 'GateClosed', nonRetryable: true })
  }
  operation.become('running')
}
