import { sql } from 'kysely'
import type { RunId } from '../schema/run.ts'
import type { Db } from './query.ts'
import type { Run } from './runs.ts'

export type StoredChunk = { runId: RunId; stream: 'stdout' | 'stderr'; offset: number; bytes: Buffer; at: string }

/** What commands wrote, as bytes. */
export type Outputs = {
  /** Run by run, in the order of arrival. */
  ofOperation(operationId: string): AsyncIterable<StoredChunk>
  /** Of both streams and all its runs what has come after a position, in the order of arrival. */
  after(o: { operationId: string; position: number; limit: number }): Promise<(StoredChunk & { position: number })[]>
  /** The beginning of both streams as text, up to `limitBytes` each. */
  result(runId: RunId, limitBytes: number): Promise<Beginning>
  /** The last run of an operation with the same of its output, in one round trip; null where nothing has run. */
  newest(operationId: string, limitBytes: number): Promise<{ run: Run; output: Beginning } | null>
}

export type Beginning = { stdout: string; stderr: string; stdoutTruncated: boolean; stderrTruncated: boolean }

const pageSize = 64

/** The module over one database. */
export function createOutputs(db: Db): Outputs {
  async function* ofRun(runId: RunId): AsyncGenerator<StoredChunk> {
    for (let after = 0; ; ) {
      const { rows } = await sql<StoredChunk & { position: number }>`
        select position, run_id as "runId", stream, start as "offset", bytes, iso(at) as at from outputs
        where run_id = ${runId} and position > ${after} order by position limit ${pageSize}`.execute(db)
      for (const { position, ...chunk } of rows) {
        yield chunk
        after = position
      }
      if (rows.length < pageSize) return
    }
  }

  return {
    async *ofOperation(operationId) {
      const runs = await db
        .selectFrom('runs')
        .select('id')
        .where('operation_id', '=', operationId)
        .orderBy('created_at')
        .orderBy('id')
        .execute()
      for (const { id } of runs) yield* ofRun(id)
    },

    async after({ operationId, position, limit }) {
      const { rows } = await sql<StoredChunk & { position: number }>`
        select o.position, o.run_id as "runId", o.stream, o.start as "offset", o.bytes, iso(o.at) as at
        from outputs o join runs r on r.id = o.run_id
        where r.operation_id = ${operationId} and o.position > ${position} order by o.position limit ${limit}`.execute(
        db,
      )
      return rows
    },

    async result(runId, limitBytes) {
      const { rows } = await sql<Heads>`
        select ${heads(limitBytes)} from runs r where id = ${runId}`.execute(db)
      const run = rows[0]
      if (run === undefined) throw new Error(`there is no run ${runId}`)
      return beginningOf(run)
    },

    async newest(operationId, limitBytes) {
      const { rows } = await sql<Heads & { run: Run }>`
        select run_json(r) as run, ${heads(limitBytes)} from runs r where operation_id = ${operationId}
        order by created_at desc, id desc limit 1`.execute(db)
      const found = rows[0]
      return found ? { run: found.run, output: beginningOf(found) } : null
    },
  }
}

type Heads = { stdoutBytes: number; stderrBytes: number; stdout: Buffer | null; stderr: Buffer | null }

const heads = (limitBytes: number) => sql`
  r.stdout_bytes as "stdoutBytes", r.stderr_bytes as "stderrBytes", ${head('stdout', limitBytes)} as stdout,
  ${head('stderr', limitBytes)} as stderr`

const head = (stream: StoredChunk['stream'], limitBytes: number) => sql`(
  select substring(string_agg(bytes, ''::bytea order by start) for ${limitBytes}::integer) from outputs
  where run_id = r.id and stream = ${stream} and start < ${limitBytes})`

function beginningOf({ stdout, stderr, stdoutBytes, stderrBytes }: Heads): Beginning {
  const [out, err] = [stdout ?? Buffer.alloc(0), stderr ?? Buffer.alloc(0)]
  return {
    stdout: decode(out),
    stderr: decode(err),
    stdoutTruncated: stdoutBytes > out.length,
    stderrTruncated: stderrBytes > err.length,
  }
}

/** A character cut in two at the end is left out. */
const decode = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true })
