import { z } from '@hono/zod-openapi'
import type { FileChange, Plan, Step } from '../schema/plan.ts'

const FileView = z.object({
  path: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  mode: z.string().nullable(),
  owner: z.string().nullable(),
})

const StepView = z.object({
  id: z.string(),
  title: z.string(),
  as: z.enum(['root', 'app']),
  already_so: z.string().nullable().describe('Why nothing needs to be done'),
  commands: z.array(z.string()),
  undoable: z.boolean(),
  file: FileView.nullable().describe('What it does to a file'),
})

/** A stored plan as people read it: commands in their shown form, files with their content before and after. */
export const PlanView = z
  .object({
    id: z.string(),
    hash: z.string(),
    steps: z.array(StepView),
    warnings: z.array(z.string()),
  })
  .openapi('Plan')

export const showPlan = (plan: Plan): z.infer<typeof PlanView> => ({
  id: plan.id,
  hash: plan.hash,
  steps: plan.steps.map(showStep),
  warnings: [...plan.warnings],
})

const showStep = (step: Step): z.infer<typeof StepView> => ({
  id: step.id,
  title: step.title,
  as: step.as,
  already_so: step.alreadySo ?? null,
  commands: step.apply.map((command) => command.shown),
  undoable: step.undo !== undefined,
  file: step.file ? showFile(step.file) : null,
})

const showFile = ({ path, before, after, mode, owner }: FileChange): z.infer<typeof FileView> => ({
  path,
  before,
  after,
  mode: mode ?? null,
  owner: owner ?? null,
})
