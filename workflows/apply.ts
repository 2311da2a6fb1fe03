import { patched } from '@temporalio/workflow'
import type { PlannedWork } from '../activities/plans.ts'
import { armStep, disarmStep } from '../schema/plan.ts'
import type { ServerRef } from '../schema/server.ts'
import { acts, records } from './activities.ts'
import { awaitDecision } from './approve.ts'
import { proveBefore } from './before-step.ts'
import { lockIfFree, lockServer, unlockServer } from './lock.ts'
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
type BeforeStep<P> = (stepId: string, plan: P) => Promise<void>

/** Looks at the server and says what has to be done; the same plan once more keeps its id. */
type Planner<P> = (previous?: PlannedWork) => Promise<P>

/** Plans under the server's lock and applies step by step; what a person approved is what runs. */
export async function lockAndApply<P extends PlannedWork>(
  operation: Operation,
  server: ServerRef,
  title: string,
  makePlan: Planner<P>,
  before: BeforeStep<P> = async () => undefined,
): Promise<Done & { readonly plan: P }> {
  const { plan, approvalId } = await planUnderLock(operation, server, title, makePlan)
  return { plan, ...(await applySteps(operation, plan, approvalId, before)) }
}

type Agreed<P> = { readonly plan: P; readonly approvalId: string | null }

/**
 * What is planned under a lock that was free at once needs no second look. A plan that asks gives the lock back while a
 * person thinks, is made again under it, and asks again where it has changed.
 */
async function planUnderLock<P extends PlannedWork>(
  operation: Operation,
  server: ServerRef,
  title: string,
  makePlan: Planner<P>,
): Promise<Agreed<P>> {
  const isLocked = patched('plan-under-lock') && (await lockIfFree(operation, server))
  let plan = await makePlan()
  if (isLocked) {
    operation.showPlan(plan)
    if (plan.verdict === 'allow') return { plan, approvalId: null }
    await unlockServer(operation)
  }
  for (;;) {
    const approvalId = await approvePlan(operation, plan)
    await lockServer(operation, server, title)
    const now = await makePlan(plan)
    if (now.hash === plan.hash) return { plan, approvalId }
    plan = now
    operation.showPlan(plan)
    if (plan.verdict === 'allow') return { plan, approvalId }
    await unlockServer(operation)
  }
}

async function applySteps<P extends PlannedWork>(
  operation: Operation,
  plan: P,
  approvalId: string | null,
  before: BeforeStep<P>,
): Promise<Done> {
  let applied = 0
  for (const [position, step] of plan.steps.entries()) {
    if (step.id === armStep) expectRevert(operation, plan)
    // Registered before apply: a step that was cut off in the middle is taken back too.
    else if (step.undoable)
      operation.undo.push({ stepId: step.id, planId: plan.id, approvalId, isGuarded: operation.revert !== null })
    if (step.id === disarmStep) await proveWhileArmed(operation)
    await before(step.id, plan)
    operation.showStep(step.id, 'running')
    await proveBefore(operation, plan, step)
    const work = { operationId: operation.input.operationId, planId: plan.id, stepId: step.id, position, approvalId }
    const answer = await acts.applyStep.executeWithOptions({ summary: step.title }, [work])
    operation.showStep(step.id, answer.state)
    if (answer.state === 'applied') applied += 1
    if (step.id === armStep) await showArmed(operation, answer.state)
    if (step.id === disarmStep) noteDisarmed(operation)
  }
  return { applied, unchanged: plan.steps.length - applied }
}
