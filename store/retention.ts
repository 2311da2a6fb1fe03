import { sql } from 'kysely'
import type { Settings } from '../schema/settings.ts'
import { call, type Db } from './query.ts'

export type Forgotten = { events: number; outputs: number; audit: number; securityAudits: number }

const most = 10_000

/** Deletes what is older than the settings keep it, in batches that stay below the statement limit. Harmless to run from several processes. */
export async function forget(db: Db, keep: Settings['retention']): Promise<Forgotten> {
  return {
    events: await forgetAll(db, 'events', keep.eventsDays),
    outputs: await forgetAll(db, 'outputs', keep.outputDays),
    audit: await forgetAll(db, 'operation_audit', keep.auditDays),
    securityAudits: await forgetAll(db, 'security_audits', keep.securityAuditsDays),
  }
}

type Table = 'events' | 'outputs' | 'operation_audit' | 'security_audits'

async function forgetAll(db: Db, table: Table, days: number): Promise<number> {
  for (let sum = 0; ; ) {
    const gone = await call(db, sql<number>`forget(${table}, now() - make_interval(days => ${days}::integer), ${most})`)
    sum += gone
    if (gone < most) return sum
  }
}
