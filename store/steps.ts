import { sql } from 'kysely'
import type { StepProgress, StepState } from '../schema/operation.ts'
import { call, type Db, json } from './query.ts'

export type StepBegin = {
  operationId: string
  planId: string
  stepId: string
  /** From 0; the percentage comes from the stored plan. */
  position: number
  title: string
}

export type StepFinish = {
  operationId: string
  stepId: string
  state: StepState
  message?: string
  durationMs: number
}

/** How far an operation's steps are. Each change appends the `step` event in the same round trip; repeating one appends nothing. */
export type Steps = {
  begin(o: StepBegin): Promise<void>
  /** With `next`, begins the step after it in the same round trip. */
  finish(o: StepFinish, next?: StepBegin): Promise<void>
  list(operationId: string): Promise<StepProgress[]>
}

/** The module over one database. */
export function createSteps(db: Db): Steps {
  return {
    async begin(o) {
      await call(db, sql`begin_step(${json(o)})`, { durable: 'soon' })
    },
    async finish(o, next) {
      const change = next === undefined ? sql`finish_step(${json(o)})` : sql`change_steps(${json(o)}, ${json(next)})`
      await call(db, change, { durable: 'soon' })
    },
    async list(operationId) {
      const { rows } = await sql<StepProgress>`
        select step_id as id, title, state, iso(started_at) as "startedAt", iso(ended_at) as "endedAt", message
        from steps where operation_id = ${operationId} order by position, step_id`.execute(db)
      return rows
    },
  }
}
