import { type RawBuilder, sql } from 'kysely'
import type { Audit, AuditSummary } from '../schema/audit.ts'
import { type Db, isUuid, json } from './query.ts'

/** What audits of servers found (spec AUDIT-7). The audit trail, which is who did what, is another thing. */
export type Audits = {
  /** Idempotent by id: an audit is stored once, as it was found. */
  save(audit: Audit): Promise<void>
  get(o: { serverId: string; id: string }): Promise<Audit | null>
  /** The newest of a server, of a profile over all its areas, or of one operation. */
  latest(o: { serverId: string; profile?: string; operationId?: string }): Promise<Audit | null>
  /** The newest of the same server, profile and areas before this one. */
  before(audit: Audit): Promise<Audit | null>
  /** Newest first, each against the one before it; `before` is the last id of the page before. */
  list(o: { serverId: string; profile?: string; limit: number; before?: string }): Promise<AuditSummary[]>
}

type Row = Omit<AuditSummary, 'scoreChange' | 'newlyFailed' | 'noLongerFailed'> & {
  previousScore: number | null
  previousFailed: string[] | null
}

/** The module over one database. */
export function createAudits(db: Db): Audits {
  const one = async (rest: RawBuilder<unknown>): Promise<Audit | null> => {
    const { rows } = await sql<{ audit: Audit }>`
      select audit from security_audits where ${rest} order by at desc, id desc limit 1`.execute(db)
    return rows[0]?.audit ?? null
  }
  return {
    async save(audit) {
      const failed = audit.auditResult.filter(({ status }) => status === 'fail').map(({ id }) => id)
      await sql`
        insert into security_audits (id, operation_id, server_id, profile, areas, score, risk, compliance, failed, at, next_due, audit)
        values (${audit.id}, ${audit.operation}, ${audit.server.id}, ${audit.profile}, ${textArray(audit.areas)}, ${audit.securityScore},
          ${audit.riskLevel}, ${audit.complianceStatus}, ${textArray(failed)}, ${audit.at}::timestamptz,
          ${audit.nextAuditDue}::timestamptz, ${json(audit)})
        on conflict (id) do nothing`.execute(db)
    },

    get: async ({ serverId, id }) => (isUuid(id) ? one(sql`id = ${id} and server_id = ${serverId}`) : null),

    latest: ({ serverId, profile, operationId }) =>
      one(sql`server_id = ${serverId}
        and (${profile ?? null}::text is null or (profile = ${profile ?? null} and areas is null))
        and (${operationId ?? null}::uuid is null or operation_id = ${operationId ?? null})`),

    before: (audit) =>
      one(sql`server_id = ${audit.server.id} and profile = ${audit.profile}
        and areas is not distinct from ${textArray(audit.areas)}
        and (at, id) < (${audit.at}::timestamptz, ${audit.id}::uuid)`),

    async list({ serverId, profile, limit, before }) {
      const { rows } = await sql<Row>`
        with compared as (
          select *, lag(score) over same as previous_score, lag(failed) over same as previous_failed
          from security_audits where server_id = ${serverId}
          window same as (partition by profile, areas order by at, id)
        )
        select id, audit -> 'server' as server, profile, areas, score as "securityScore", risk as "riskLevel",
          compliance as "complianceStatus", iso(at) as at, iso(next_due) as "nextAuditDue", failed,
          previous_score as "previousScore", previous_failed as "previousFailed"
        from compared
        where (${profile ?? null}::text is null or profile = ${profile ?? null})
          and (${before ?? null}::uuid is null
            or (at, id) < (select b.at, b.id from security_audits b where b.id = ${before ?? null}))
        order by at desc, id desc limit ${limit}`.execute(db)
      return rows.map(compare)
    },
  }
}

const textArray = (values: readonly string[] | null): RawBuilder<unknown> =>
  values === null ? sql`null::text[]` : sql`${[...values]}::text[]`

/** A first audit has nothing to be compared with: what fails in it is not new. */
function compare({ previousScore, previousFailed, ...audit }: Row): AuditSummary {
  const [failed, previous] = [new Set<string>(audit.failed), new Set(previousFailed ?? audit.failed)]
  return {
    ...audit,
    scoreChange: previousScore === null ? null : audit.securityScore - previousScore,
    newlyFailed: audit.failed.filter((id) => !previous.has(id)),
    noLongerFailed: [...previous].filter((id) => !failed.has(id)),
  }
}
