import { assessPlan } from '../guard/index.ts'
import type { PendingConfirmation } from '../schema/start.ts'
import { requestApproval } from './approvals.ts'
import type { Deps } from './deps.ts'
import { commandFailed, preconditionFailed } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { loadOperation, loadServer } from './operations.ts'
import { look, situate, type StepWork } from './step-at-work.ts'

export const gateActivities = (deps: Deps) => ({
  /** What is watched before a step must hold now. */
  async lookBeforeStep(work: StepWork): Promise<void> {
    await withHeartbeat(async (signal) => {
      const at = await situate(deps, work, signal)
      if (at.step.watch === undefined) throw nothingTold(work.stepId)
      const seen = await look(deps, at, at.step.watch.look)
      if (seen.holds) return
      const { title } = at.step
      const { because, tail } = seen
      throw commandFailed({ title, server: at.server.name, type: 'unknown', because, tail })
    })
  },

  /** Asks people whether a plan goes on at a step. */
  async requestGate({ operationId, planId, stepId }: StepWork): Promise<PendingConfirmation> {
    const [operation, plan] = await Promise.all([loadOperation(deps, operationId), deps.store.plans.get(planId)])
    const gate = plan?.steps.find(({ id }) => id === stepId)?.gate
    if (plan === null || gate === undefined) throw nothingTold(stepId)
    const server = await loadServer(deps, plan.target)
    const assessment = {
      ...assessPlan(plan, server),
      verdict: 'confirm' as const,
      phrase: gate.phrase,
      summary: `${gate.question} Shall it go on?`,
    }
    const subject = { kind: 'plan' as const, digest: plan.hash, shown: gate.question }
    return requestApproval(deps, { operation, server: plan.target, subject, assessment, limitMs: gate.limitMs })
  },
})

const nothingTold = (stepId: string) =>
  preconditionFailed(`The plan says nothing of what comes before the step "${stepId}".`, 'Start the operation anew.')
