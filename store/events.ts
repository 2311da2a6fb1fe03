import { sql } from 'kysely'
import type { ClientConfig } from 'pg'
import type { Logger } from 'pino'
import type { NewEvent, OperationEvent } from '../schema/event.ts'
import { listen, type News } from './listen.ts'
import { call, type Db, json } from './query.ts'

/** What happened, numbered from 1 without gaps in each operation. */
export type Events = {
  /** Answers the event's number. */
  append(operationId: string, event: NewEvent): Promise<number>
  /** Of one operation, those after `seq` (0: from the beginning). */
  after(o: { operationId: string; seq: number; limit: number }): Promise<OperationEvent[]>
  /**
   * Of all servers, or of one, in the order of their making. Events behind a transaction that is still open are held
   * back, because an earlier one could appear after them; `heldBack` says that there are such.
   */
  afterPosition(o: { serverId: string | null; after: number; limit: number }): Promise<PageOfAll>
  /** The position from which on events are new. */
  position(): Promise<number>
  /** Calls back for each new event of any operation, on a connection of its own; after a reconnect with null: anything may be new. */
  listen(callback: (news: News | null) => void): Promise<() => Promise<void>>
}

/** Events with the position to go on after. */
export type PageOfAll = {
  readonly events: readonly { readonly position: number; readonly event: OperationEvent }[]
  readonly heldBack: boolean
}

/**
 * Whether no transaction older than the row's is open any more; both ids are compared within their 32 bits, which old
 * rows have long outlived.
 */
const settled = sql<boolean>`(e.at < now() - interval '1 day'
  or (pg_snapshot_xmin(pg_current_snapshot())::text::bigint - e.xmin::text::bigint) & 4294967295 between 1 and 2147483647)`

/** The module over one database; `connection` is how it connects to listen. */
export function createEvents(db: Db, connection: ClientConfig, log?: Logger): Events {
  return {
    append: (operationId, event) => call(db, sql<number>`append_event(${operationId}, ${json(event)})`),

    async after({ operationId, seq, limit }) {
      const { rows } = await sql<{ event: OperationEvent }>`
        select event_json(e) as event from events e where operation_id = ${operationId} and seq > ${seq} order by seq limit ${limit}`.execute(
        db,
      )
      return rows.map((row) => row.event)
    },

    async afterPosition({ serverId, after, limit }) {
      const { rows } = await sql<{ position: number; event: OperationEvent; settled: boolean }>`
        select position, event_json(e) as event, ${settled} as settled from events e
        where position > ${after} and (${serverId}::uuid is null or server_id = ${serverId})
        order by position limit ${limit}`.execute(db)
      const firstOpen = rows.findIndex((row) => !row.settled)
      return { events: firstOpen < 0 ? rows : rows.slice(0, firstOpen), heldBack: firstOpen >= 0 }
    },

    async position() {
      const { rows } = await sql<{ position: number }>`
        select coalesce(max(position), 0)::float8 as position from events e where ${settled}`.execute(db)
      return rows[0]?.position ?? 0
    },

    listen: (callback) => listen({ connection, callback, log }),
  }
}
