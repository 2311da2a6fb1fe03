import { type RawBuilder, sql } from 'kysely'
import type { ApprovalSubject, BoundApproval } from '../schema/approval.ts'
import type { RunAs } from '../schema/command.ts'
import type { OperationResult } from '../schema/operation.ts'
import type { OutputChunk, OutputOffsets, RunEnd, RunId } from '../schema/run.ts'
import { bound } from './bound.ts'
import { mergeChunks } from './chunks.ts'
import type { EndAnswer } from './operations.ts'
import { call, type Db, json } from './query.ts'

/** One command's run as PostgreSQL knows it. */
export type Run = {
  id: RunId
  operationId: string
  serverId: string
  stepId: string
  commandIndex: number
  digest: string
  shown: string
  as: RunAs
  /** Identity of the boot in which the intent was recorded. */
  boot: string
  offsets: OutputOffsets
  end: RunEnd | null
  createdAt: string
  endedAt: string | null
  sweptAt: string | null
}

export type Intent = {
  runId: RunId
  operationId: string
  serverId: string
  stepId: string
  commandIndex: number
  digest: string
  shown: string
  as: RunAs
  boot: string
  approval?: { id: string; subject: Pick<ApprovalSubject, 'kind' | 'digest'> }
  /** Which deliberate try; an approval lets another one pass only of an undo whose try before it was cut off. */
  tries?: number
  /** On disk before it is answered, with all that was written before it; an intent with an approval always is. */
  firm?: boolean
  /** Bytes of each stream that are kept; 10 MiB unless told. */
  outputLimitBytes?: number
}

export type IntentAnswer =
  | { kind: 'new'; bound?: BoundApproval }
  | { kind: 'existing'; run: Run; bound?: BoundApproval }
  | { kind: 'refused'; because: IntentRefusal; message: string }

export type IntentRefusal =
  | 'operation_ended'
  | 'run_is_another_command'
  | 'approval_unknown'
  | 'approval_of_another'
  | 'approval_not_confirmed'
  | 'approval_for_another_command'
  | 'approval_used'

/** The runs on hosts: the intent first, then the output as it is committed, then the end. */
export type Runs = {
  /** One round trip. Records the intent and, in the same transaction, binds the approval to this run for ever. */
  intend(o: Intent): Promise<IntentAnswer>
  get(runId: RunId): Promise<Run | null>
  ofOperation(operationId: string): Promise<Run[]>
  /** What an operation has begun of one of its steps. */
  ofStep(o: { operationId: string; stepId: string }): Promise<Run[]>
  /** What any operation has begun of a step of a plan: the plan that failed and the one that resumed it. */
  ofPlanStep(o: { planId: string; stepId: string }): Promise<Run[]>
  offsets(runId: RunId): Promise<OutputOffsets>
  /** Each byte once, whatever overlaps; answers what is committed now. A gap is an error. */
  appendOutput(runId: RunId, chunks: readonly OutputChunk[]): Promise<OutputOffsets>
  output(runId: RunId, o: { stream: 'stdout' | 'stderr'; from: number; limit: number }): Promise<Buffer>
  /** The first end stands, but for `unknown`, which a later certainty replaces. */
  finish(runId: RunId, end: RunEnd): Promise<void>
  /** One round trip for the end of a one-command operation: the last output, the run's end, the operation's end, audit and final event. */
  complete(o: {
    runId: RunId
    end: RunEnd
    chunks: readonly OutputChunk[]
    operationId: string
    result: OperationResult
  }): Promise<EndAnswer & { offsets: OutputOffsets }>
  /** Runs without an end on a server: what a new holder of its lock settles first. */
  openOnServer(serverId: string): Promise<Run[]>
  /** Ended runs of ended operations whose directories still lie on hosts, by server and identity. */
  unswept(limit: number): Promise<{ serverId: string; as: RunAs; runIds: RunId[] }[]>
  markSwept(runIds: readonly RunId[]): Promise<void>
}

/** The module over one database. */
export function createRuns(db: Db): Runs {
  const select = async (rest: RawBuilder<unknown>): Promise<Run[]> => {
    const { rows } = await sql<{ run: Run }>`select run_json(r) as run from runs r ${rest}`.execute(db)
    return rows.map((row) => row.run)
  }

  return {
    async intend(o) {
      // Losing an intent costs nothing: the run's name is made of its place, and the host knows what it has started.
      const durable = o.firm !== true && o.approval === undefined ? 'soon' : 'now'
      const answer = await call(db, sql<Intended>`intend_run(${json(o)})`, { durable })
      if (answer.kind === 'refused') return { ...answer, message: refusals[answer.because] }
      const approval = answer.bound ? { bound: bound(answer.bound) } : {}
      return answer.kind === 'new' ? { kind: 'new', ...approval } : { kind: 'existing', run: answer.run, ...approval }
    },

    async get(runId) {
      return (await select(sql`where id = ${runId}`))[0] ?? null
    },

    ofOperation: (operationId) => select(sql`where operation_id = ${operationId} order by created_at, id`),

    ofStep: ({ operationId, stepId }) =>
      select(sql`where operation_id = ${operationId} and step_id = ${stepId} order by command_index`),

    ofPlanStep: ({ planId, stepId }) =>
      select(
        sql`where step_id = ${stepId} and operation_id in (select operation_id from steps where plan_id = ${planId})`,
      ),

    async offsets(runId) {
      const run = (await select(sql`where id = ${runId}`))[0]
      if (run === undefined) throw new Error(`there is no run ${runId}`)
      return run.offsets
    },

    appendOutput: (runId, chunks) =>
      call(db, sql<OutputOffsets>`append_output(${runId}, ${arrays(chunks)})`, { durable: 'soon' }),

    async output(runId, { stream, from, limit }) {
      const { rows } = await sql<{ start: number; bytes: Buffer }>`
        select start, bytes from outputs where run_id = ${runId} and stream = ${stream}
          and start < ${from + limit} and start + length(bytes) > ${from} order by start`.execute(db)
      const first = rows[0]
      if (first === undefined) return Buffer.alloc(0)
      const skip = Math.max(0, from - first.start)
      return Buffer.concat(rows.map((row) => row.bytes)).subarray(skip, skip + limit)
    },

    async finish(runId, end) {
      await call(db, sql`finish_run(${runId}, ${json(end)})`, { durable: 'soon' })
    },

    complete: ({ runId, end, chunks, operationId, result }) =>
      call(
        db,
        sql<EndAnswer & { offsets: OutputOffsets }>`
          complete_run(${runId}, ${json(end)}, ${arrays(chunks)}, ${operationId}, ${json(result)})`,
      ),

    openOnServer: (serverId) => select(sql`where server_id = ${serverId} and run_end is null order by created_at, id`),

    async unswept(limit) {
      const { rows } = await sql<{ serverId: string; as: RunAs; runIds: string[] }>`
        select server_id as "serverId", run_as as "as", array_agg(id) as "runIds" from (
          select r.id, r.server_id, r.run_as from runs r join operations o on o.id = r.operation_id
          where r.swept_at is null and r.run_end is not null and o.ended_at is not null order by r.created_at limit ${limit}
        ) as unswept group by server_id, run_as`.execute(db)
      return rows
    },

    async markSwept(runIds) {
      await sql`update runs set swept_at = now() where id = any(${runIds}) and swept_at is null`.execute(db)
    },
  }
}

type Intended =
  | { kind: 'new'; bound: BoundApproval | null }
  | { kind: 'existing'; run: Run; bound: BoundApproval | null }
  | { kind: 'refused'; because: IntentRefusal }

const refusals: Record<IntentRefusal, string> = {
  operation_ended: 'The operation has ended or is not there: nothing more is run for it.',
  run_is_another_command: 'A run of this id was recorded for another command, operation or server.',
  approval_unknown: 'There is no such approval.',
  approval_of_another: 'The approval belongs to another operation or server.',
  approval_not_confirmed: 'The approval was not confirmed, or is no longer valid.',
  approval_for_another_command: 'The approval was given for another command than the one that would run.',
  approval_used: 'The approval was used by another run. Each confirmation lets one run pass.',
}

/** Neighbours go as one chunk: a row each would cost more than the bytes. */
function arrays(chunks: readonly OutputChunk[]): RawBuilder<unknown> {
  const merged = mergeChunks(chunks)
  return sql`${merged.map((chunk) => chunk.stream)}::text[], ${merged.map((chunk) => chunk.offset)}::bigint[],
    ${merged.map((chunk) => Buffer.from(chunk.bytes))}::bytea[]`
}
