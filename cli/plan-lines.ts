import type { DetailsAnswer, PlanAnswer } from './answers.ts'
import type { Cli } from './cli.ts'
import type { Palette } from './colour.ts'
import { diffLines } from './diff.ts'

/** What a start with `--dry-run` says at its end: the plan, which is all that it made. */
export const planAtEnd =
  ({ screen }: Cli, isDryRun = false) =>
  ({ plan }: DetailsAnswer): void => {
    if (isDryRun && plan) for (const line of planLines(plan, screen.paint)) screen.line(line)
  }

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
