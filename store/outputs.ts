import { sql } from 'kysely'
import type { RunId } from '../schema/run.ts'
import type { Db } from './query.ts'

export type StoredChunk = { runId: RunId; stream: 'stdout' | 'stderr'; offset: number; bytes: Buffer; at: string }

/** What commands wrote, as bytes. */
export type Outputs = {
  /** Run by run, in the order of arrival. */
  ofOperation(operationId: string): AsyncIterable<StoredChunk>
  /** The beginning of both streams as text, up to `limitBytes` each. */
  result(
    runId: RunId,
    limitBytes: number,
  ): Promise<{ stdout: string; stderr: string; stdoutTruncated: boolean; stderrTruncated: boolean }>
}

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

    async result(runId, limitBytes) {
      const { rows } = await sql<{
        stdoutBytes: number
        stderrBytes: number
        stdout: Buffer | null
        stderr: Buffer | null
      }>`
        select stdout_bytes as "stdoutBytes", stderr_bytes as "stderrBytes", ${head(runId, 'stdout', limitBytes)} as stdout,
          ${head(runId, 'stderr', limitBytes)} as stderr from runs where id = ${runId}`.execute(db)
      const run = rows[0]
      if (run === undefined) throw new Error(`there is no run ${runId}`)
      const [out, err] = [run.stdout ?? Buffer.alloc(0), run.stderr ?? Buffer.alloc(0)]
      return {
        stdout: decode(out),
        stderr: decode(err),
        stdoutTruncated: run.stdoutBytes > out.length,
        stderrTruncated: run.stderrBytes > err.length,
      }
    },
  }
}

const head = (runId: RunId, stream: StoredChunk['stream'], limitBytes: number) => sql`(
  select substring(string_agg(bytes, ''::bytea order by start) for ${limitBytes}::integer) from outputs
  where run_id = ${runId} and stream = ${stream} and start < ${limitBytes})`

/** A character cut in two at the end is left out. */
const decode = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true })
