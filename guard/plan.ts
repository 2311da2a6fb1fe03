import { isAtLeast, type Assessment } from '../schema/guard.ts'
import type { Command } from '../schema/command.ts'
import { armStep, type Plan } from '../schema/plan.ts'
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
export function assessPlan(plan: Pick<Plan, 'steps' | 'autoRevert'>, server: PlanServer): Assessment {
  const at = { device: server.deviceType, environment: server.environment, server }
  // The door lets the arming of a plan's own automatic revert through, and nothing else under its name.
  const judged = plan.autoRevert === undefined ? plan.steps : plan.steps.filter(({ id }) => id !== armStep)
  const forward = judged.flatMap((step) => [
    ...(step.check === undefined ? [] : [step.check]),
    ...step.apply,
    ...(step.verify === undefined ? [] : [step.verify]),
  ])
  const back = judged
    .flatMap((step) => step.undo ?? [])
    .filter((command) => isAtLeast(assessUndo(command, server.deviceType).risk, 'high'))
  const found = [...forward, ...back].flatMap((command: Command) => findIn(command.script, server.deviceType).found)
  const assessment = assessFound(found, at)
  if (assessment.verdict === 'allow') return assessment
  const { length } = plan.steps
  return {
    ...assessment,
    phrase: `yes, apply the plan to ${server.name}`,
    summary: `The plan for ${server.name} has ${length} step${length === 1 ? '' : 's'}. ${assessment.summary}`.slice(
      0,
      1000,
    ),
  }
}
