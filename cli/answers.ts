import { z } from 'zod'
import { EndState, OperationState } from '../schema/operation.ts'

/** What the commands read of the API's answers. Fields that a later API adds pass through unread. */
export const ServerRefAnswer = z.looseObject({ id: z.string(), name: z.string() })

export const ProblemAnswer = z.looseObject({
  code: z.string(),
  message: z.string(),
  details: z.string().nullish(),
  suggestions: z.array(z.string()).default([]),
})

export const StepAnswer = z.looseObject({
  id: z.string(),
  title: z.string(),
  state: z.string(),
  message: z.string().nullish(),
  started_at: z.string().nullish(),
  ended_at: z.string().nullish(),
})
export type StepAnswer = z.infer<typeof StepAnswer>

export const OperationAnswer = z.looseObject({
  id: z.string(),
  kind: z.string(),
  title: z.string().nullish(),
  server: ServerRefAnswer.nullable(),
  state: OperationState,
  reason: z.string().nullish(),
  detail: z.string().nullish(),
  since: z.string().nullish(),
  requester: z.string().nullish(),
  resumes: z.string().nullish(),
  parent: z.string().nullish(),
  workflow_id: z.string().nullish(),
  created_at: z.string().nullish(),
  ended_at: z.string().nullish(),
  result: z
    .looseObject({
      state: EndState,
      message: z.string(),
      exit_code: z.int().nullish(),
      problem: ProblemAnswer.nullish(),
      steps_applied: z.int().nullish(),
      steps_unchanged: z.int().nullish(),
    })
    .nullish(),
})
export type OperationAnswer = z.infer<typeof OperationAnswer>

export const PlanAnswer = z.looseObject({
  id: z.string(),
  hash: z.string(),
  warnings: z.array(z.string()).default([]),
  steps: z.array(
    z.looseObject({
      id: z.string(),
      title: z.string(),
      as: z.string().nullish(),
      already_so: z.string().nullish(),
      commands: z.array(z.string()).default([]),
      undoable: z.boolean().default(false),
      file: z
        .looseObject({
          path: z.string(),
          before: z.string().nullable(),
          after: z.string().nullable(),
          mode: z.string().nullish(),
          owner: z.string().nullish(),
        })
        .nullish(),
    }),
  ),
})
export type PlanAnswer = z.infer<typeof PlanAnswer>

export const DetailsAnswer = z.looseObject({
  operation: OperationAnswer,
  plan: PlanAnswer.nullish(),
  steps: z.array(StepAnswer).default([]),
})
export type DetailsAnswer = z.infer<typeof DetailsAnswer>

/** What a start answers; `blocked` says that a person must decide first (spec GUARD-12). */
export const StartedAnswer = z.looseObject({
  operation: OperationAnswer,
  blocked: z.looseObject({}).nullish(),
})
export type StartedAnswer = z.infer<typeof StartedAnswer>

/** A number of an event is also its id in the stream. */
export const EventAnswer = z.looseObject({
  seq: z.int(),
  at: z.string(),
  type: z.string(),
  step: z.string().nullish(),
  status: z.string().nullish(),
  message: z.string(),
  percentage: z.number().nullish(),
  duration_ms: z.number().nullish(),
  data: z.record(z.string(), z.unknown()).default({}),
})
export type EventAnswer = z.infer<typeof EventAnswer>
