import { higherRisk, isAtLeast, type Assessment } from '../schema/guard.ts'
import type { Command } from '../schema/command.ts'
import { armStep, disarmStep, type Plan } from '../schema/plan.ts'
import type { DeviceType, Environment } from '../schema/server.ts'
import { assessFound } from './assess.ts'
import { assessUndo } from './clear.ts'
import { findIn } from './findings.ts'

export type PlanServer = {
  readonly name: string
  readonly deviceType: DeviceType
  readonly environment: Environment
  readonly services: readonly string[]
}

/**
 * What stands in the way of a whole plan: nothing, when every command in it is harmless and taking it back is at most
 * of medium risk; else one confirmation for all of it.
 */
export function assessPlan(plan: Pick<Plan, 'steps' | 'autoRevert' | 'cuts'>, server: PlanServer): Assessment {
  const at = { device: server.deviceType, environment: server.environment, server }
  // The door lets the arming and disarming of a plan's own automatic revert through, and nothing else under their names.
  const judged = plan.autoRevert === undefined ? plan.steps : plan.steps.filter((step) => !ofRevert.includes(step.id))
  const forward = judged.flatMap((step) => [
    ...(step.check === undefined ? [] : [step.check]),
    ...step.apply,
    ...(step.verify === undefined ? [] : [step.verify]),
  ])
  const back = judged.flatMap(({ undo = [], apply }) =>
    undo.filter((command) => isAtLeast(assessUndo(command, server.deviceType, apply).risk, 'high')),
  )
  const found = [...forward, ...back].flatMap((command: Command) => findIn(command.script, server.deviceType).found)
  return asked(assessFound(found, at), plan, server)
}

const ofRevert: readonly string[] = [armStep, disarmStep]

/** What a person is asked about a whole plan: what in it is dangerous, and who loses the access that they have. */
function asked(
  assessment: Assessment,
  { steps, cuts = [] }: Pick<Plan, 'steps' | 'cuts'>,
  server: PlanServer,
): Assessment {
  if (assessment.verdict === 'allow' && cuts.length === 0) return assessment
  const { length } = steps
  const why = [...cuts, ...(assessment.verdict === 'allow' ? [] : [assessment.summary])].join(' ')
  return {
    ...assessment,
    verdict: assessment.verdict === 'deny' ? 'deny' : 'confirm',
    risk: cuts.length === 0 ? assessment.risk : higherRisk(assessment.risk, 'medium'),
    warnings: [...cuts, ...assessment.warnings],
    phrase: `yes, apply the plan to ${server.name}`,
    summary: `The plan for ${server.name} has ${length} step${length === 1 ? '' : 's'}. ${why}`.slice(0, 1000),
  }
}
