import { sql } from 'kysely'
import { GuardReport } from '../schema/guard-report.ts'
import type { Db } from './query.ts'

/** `server` is an id; times are ISO, the end is not in it. */
export type ReportFilters = { server?: string | undefined; from?: string | undefined; to?: string | undefined }

/** Counts what the guard stopped, over approvals asked for within a time. */
export async function guardReport(db: Db, { server, from, to }: ReportFilters): Promise<GuardReport> {
  const { rows } = await sql<{ report: unknown }>`
    with asked as (
      select a.*, s.name as server, s.device_type as device from approvals a join servers s on s.id = a.server_id
      where (${server ?? null}::uuid is null or a.server_id = ${server ?? null}::uuid)
        and (${from ?? null}::timestamptz is null or a.created_at >= ${from ?? null}::timestamptz)
        and (${to ?? null}::timestamptz is null or a.created_at < ${to ?? null}::timestamptz)
    ), facts as (
      select 'action' as what, action as name, a.id from asked a,
        lateral (select distinct f ->> 'action' as action from jsonb_array_elements(a.assessment -> 'findings') f) actions
      union all select 'server', server, id from asked
      union all select 'device', device, id from asked
      union all select 'requester', requester, id from asked
      union all select 'confirmer', decided_by, id from asked where state in ('confirmed', 'executed', 'failed')
      union all select 'risk', assessment ->> 'risk', id from asked
      union all select 'outcome', state, id from asked
    ), counts as (
      select what, jsonb_object_agg(name, number order by number desc) as counted
      from (select what, name, count(*) as number from facts where name is not null group by what, name) numbers group by what
    ), times as (
      select extract(epoch from decided_at - created_at) * 1000 as ms from asked
      where state in ('confirmed', 'executed', 'failed') and decided_at is not null
    )
    select jsonb_build_object(
      'from', iso(${from ?? null}::timestamptz), 'to', iso(${to ?? null}::timestamptz),
      'asked', (select count(*) from asked),
      'denied', (select count(*) from operation_audit o where o.action = 'guard.denied'
        and (${server ?? null}::uuid is null or o.server_id = ${server ?? null}::uuid)
        and (${from ?? null}::timestamptz is null or o.at >= ${from ?? null}::timestamptz)
        and (${to ?? null}::timestamptz is null or o.at < ${to ?? null}::timestamptz)),
      'wrongPhrases', (select count(*) from confirmation_attempts c join asked a on a.id = c.approval_id where c.matched = false),
      'byAction', (select counted from counts where what = 'action'),
      'byServer', (select counted from counts where what = 'server'),
      'byDevice', (select counted from counts where what = 'device'),
      'byRequester', (select counted from counts where what = 'requester'),
      'byConfirmer', (select counted from counts where what = 'confirmer'),
      'byRisk', (select counted from counts where what = 'risk'),
      'byOutcome', (select counted from counts where what = 'outcome'),
      'timeToConfirm', (select case when count(*) > 0 then jsonb_build_object(
        'medianMs', round(percentile_cont(0.5) within group (order by ms)), 'p95Ms', round(percentile_cont(0.95) within group (order by ms)),
        'longestMs', round(max(ms))) end from times)
    ) as report`.execute(db)
  return GuardReport.parse(withoutNulls(rows[0]?.report))
}

/** A group in which nothing was counted has no object. */
const withoutNulls = (report: unknown): unknown =>
  typeof report === 'object' && report !== null
    ? Object.fromEntries(
        Object.entries(report).map(([key, value]: [string, unknown]) => [
          key,
          key.startsWith('by') ? (value ?? {}) : value,
        ]),
      )
    : report
