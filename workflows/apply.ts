import type { PlannedWork } from '../activities/plans.ts'
import { armStep, disarmStep } from '../schema/plan.ts'
import type { ServerRef } from '../schema/server.ts'
import { acts, records } from './activities.ts'
import { awaitDecision } from './approve.ts'
import { lockServer, unlockServer } from './lock.ts'
import { expectRevert, noteDisarmed, proveWhileArmed, showArmed } from './auto-revert.ts'
import type { Operation } from './operation.ts'

/** Asks a person when the plan holds something dangerous; returns at once when nothing in it is. */
export async function approvePlan(operation: Operation, plan: PlannedWork): Promise<string | null> {
  operation.showPlan(plan)
  if (plan.verdict === 'allow') return null
  const { operationId } = operation.input
  const pending = await records.requestPlanApproval({ operationId, planId: plan.id })
  await awaitDecision(operation, pending, (message) =>
    records.checkDecision({ operationId, approvalId: pending.approvalId, message }),
  )
  operation.become('running')
  return pending.approvalId
}

/** How many steps were applied, and how many were so already. */
export type Done = { readonly applied: number; readonly unchanged: number }

/** What an operation has to do beside its plan before a step. */
type BeforeStep = (stepId: string) => Promise<void>

/**
 * Locks the server, plans again under the lock, and applies step by step. A changed plan unlocks and asks again: what
 * was approved is what runs.
 */
export async function lockAndApply(
  operation: Operation,
  server: ServerRef,
  title: string,
  first: PlannedWork,
  planAgain: (previous: PlannedWork) => Promise<PlannedWork>,
  before: BeforeStep = async () => undefined,
): Promise<Done> {
  let plan = first
  let approvalId = await approvePlan(operation, plan)
  for (;;) {
    await lockServer(operation, server, title)
    const now = await planAgain(plan)
    if (now.hash === plan.hash) break
    plan = now
    operation.showPlan(plan)
    if (plan.verdict === 'allow') break
    await unlockServer(operation)
    approvalId = await approvePlan(operation, plan)
  }
  return applySteps(operation, plan, approvalId, before)
}

async function applySteps(
  operation: Operation,
  plan: PlannedWork,
  approvalId: string | null,
  before: BeforeStep,
): Promise<Done> {
  let applied = 0
  for (const [position, step] of plan.steps.entries()) {
    if (step.id === armStep) expectRevert(operation, plan)
    // Registered before apply: a step that was cut off in the middle is taken back too.
    else if (step.undoable)
      operation.undo.push({ stepId: step.id, planId: plan.id, isGuarded: operation.revert !== null })
    if (step.id === disarmStep) await proveWhileArmed(operation)
    await before(step.id)
    operation.showStep(step.id, 'running')
    const work = { operationId: operation.input.operationId, planId: plan.id, stepId: step.id, position, approvalId }
    const answer = await acts.applyStep.executeWithOptions({ summary: step.title }, [work])
    operation.showStep(step.id, answer.state)
    if (answer.state === 'applied') applied += 1
    if (step.id === armStep) await showArmed(operation, answer.state)
    if (step.id === disarmStep) noteDisarmed(operation)
  }
  return { applied, unchanged: plan.steps.length - applied }
}
