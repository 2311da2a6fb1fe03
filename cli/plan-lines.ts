import type { PlanAnswer } from './answers.ts'
import type { Palette } from './colour.ts'
import { diffLines } from './diff.ts'

/** A plan as a runbook: what would be done and why not, with the changes of each file. */
export function planLines(plan: PlanAnswer, paint: Palette): string[] {
  const toDo = plan.steps.filter((step) => !step.already_so)
  return [
    ...plan.steps.flatMap((step) => stepLines(step, paint)),
    ...plan.warnings.map((warning) => paint.yellow(`! ${warning}`)),
    '',
    toDo.length === 0
      ? 'Nothing to do: everything is already so.'
      : `${toDo.length} steps to apply, ${plan.steps.length - toDo.length} already so. Nothing was changed.`,
  ]
}

function stepLines(step: PlanAnswer['steps'][number], paint: Palette): string[] {
  if (step.already_so) return [`${paint.dim('=')} ${step.title} ${paint.dim(`(${step.already_so})`)}`]
  const details = step.file ? diffLines(step.file, paint) : step.commands.map((command) => paint.dim(`$ ${command}`))
  return [`${paint.cyan('+')} ${step.title}`, ...details.map((line) => `    ${line}`)]
}
