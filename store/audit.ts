import { type RawBuilder, sql } from 'kysely'
import type { Actor } from '../schema/identity.ts'
import { masked } from './mask.ts'
import { type Db, json, text } from './query.ts'

/** One line of the audit trail (spec TRAIL-1). `success` is null while the operation is open. */
export type AuditRecord = {
  id: number
  at: string
  action: string
  serverId: string | null
  server: string | null
  operationId: string | null
  actor: string
  actorKind: Actor['kind']
  interface: Actor['interface']
  address: string | null
  success: boolean | null
  error: string | null
  correlationId: string | null
  workflowId: string | null
  durationMs: number | null
  security: boolean
  /** JSON without secrets. */
  parameters: Readonly<Record<string, unknown>>
}

export type NewAuditRecord = {
  action: string
  actor: Actor
  success: boolean
  error?: string
  serverId?: string
  operationId?: string
  correlationId?: string
  durationMs?: number
  security?: boolean
  parameters?: Readonly<Record<string, unknown>>
}

export type AuditFilters = {
  server?: string
  operationId?: string
  action?: string
  actor?: string
  interface?: Actor['interface']
  security?: boolean
  success?: boolean
  from?: string
  to?: string
}

/** Who did what: only ever added to. */
export type Audit = {
  record(o: NewAuditRecord): Promise<void>
  /** Newest first; `before` is the last id of the page before. */
  list(o: { filters?: AuditFilters; limit: number; before?: number }): Promise<AuditRecord[]>
  /** Everything that matches, oldest first, as it is written to a file. */
  export(filters?: AuditFilters): AsyncIterable<AuditRecord>
}

const pageSize = 500

/** The module over one database. */
export function createAudit(db: Db): Audit {
  async function page(filters: AuditFilters, rest: RawBuilder<unknown>): Promise<AuditRecord[]> {
    const { rows } = await sql<AuditRecord>`
      select id, iso(at) as at, action, server_id as "serverId", server, operation_id as "operationId", actor, actor_kind as "actorKind",
        interface, address, success, error, correlation_id as "correlationId", workflow_id as "workflowId", duration_ms as "durationMs",
        security, parameters
      from audit_trail where ${matching(filters)} ${rest}`.execute(db)
    return rows
  }

  return {
    async record(o) {
      const { actor, parameters = {} } = o
      await sql`
        insert into operation_audit (phase, action, server_id, operation_id, actor, actor_kind, interface, address, success, error,
          correlation_id, duration_ms, security, parameters)
        values ('single', ${o.action}, ${o.serverId ?? null}, ${o.operationId ?? null}, ${text(actor.name)}, ${actor.kind}, ${actor.interface},
          ${actor.address ?? null}, ${o.success}, ${o.error === undefined ? null : text(o.error)}, ${o.correlationId ?? null},
          ${o.durationMs ?? null}, ${o.security ?? false}, ${json(masked(parameters))})`.execute(db)
    },

    list: ({ filters = {}, limit, before }) =>
      page(
        filters,
        sql`and (${before ?? null}::bigint is null or id < ${before ?? null}) order by id desc limit ${limit}`,
      ),

    async *export(filters = {}) {
      for (let after = 0; ; ) {
        const records = await page(filters, sql`and id > ${after} order by id limit ${pageSize}`)
        yield* records
        after = records.at(-1)?.id ?? after
        if (records.length < pageSize) return
      }
    },
  }
}

function matching(filters: AuditFilters): RawBuilder<unknown> {
  const conditions = [
    filters.server !== undefined && sql`(server = ${filters.server} or server_id::text = ${filters.server})`,
    filters.operationId !== undefined && sql`operation_id = ${filters.operationId}`,
    filters.action !== undefined && sql`action = ${filters.action}`,
    filters.actor !== undefined && sql`actor = ${filters.actor}`,
    filters.interface !== undefined && sql`interface = ${filters.interface}`,
    filters.security !== undefined && sql`security = ${filters.security}`,
    filters.success !== undefined && sql`success = ${filters.success}`,
    filters.from !== undefined && sql`at >= ${filters.from}::timestamptz`,
    filters.to !== undefined && sql`at < ${filters.to}::timestamptz`,
  ].filter((condition) => condition !== false)
  return sql`true${sql.join(
    conditions.map((condition) => sql` and ${condition}`),
    sql``,
  )}`
}
