import { sql } from 'kysely'
import type { PoolReport } from '../schema/pool.ts'
import { type Db, json } from './query.ts'

/** What worker processes say of themselves: each has an SSH pool of its own. */
export type Workers = {
  report(report: PoolReport): Promise<void>
  /** Those that have spoken within the last minute. */
  pools(): Promise<PoolReport[]>
}

/** The module over one database. */
export const createWorkers = (db: Db): Workers => ({
  async report(report) {
    await sql`insert into workers (identity, pool) values (${report.worker}, ${json(report)})
      on conflict (identity) do update set pool = excluded.pool, reported_at = clock_timestamp()`.execute(db)
    await sql`delete from workers where reported_at < now() - interval '1 hour'`.execute(db)
  },
  async pools() {
    const { rows } = await sql<{ pool: PoolReport }>`
      select pool from workers where reported_at > now() - interval '1 minute' order by identity`.execute(db)
    return rows.map((row) => row.pool)
  },
})
