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
  /** Of one server, in the order of their making; `after` is the `position` of the last one seen. */
  afterForServer(o: {
    serverId: string
    after: number
    limit: number
  }): Promise<{ position: number; event: OperationEvent }[]>
  /** Calls back for each new event of any operation, on a connection of its own; after a reconnect with null: anything may be new. */
  listen(callback: (news: News | null) => void): Promise<() => Promise<void>>
}

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

    async afterForServer({ serverId, after, limit }) {
      const { rows } = await sql<{ position: number; event: OperationEvent }>`
        select position, event_json(e) as event from events e where server_id = ${serverId} and position > ${after}
        order by position limit ${limit}`.execute(db)
      return rows
    },

    listen: (callback) => listen({ connection, callback, log }),
  }
}
