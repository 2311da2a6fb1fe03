import { sql } from 'kysely'
import { call, type Db, json } from './query.ts'

/** A place in a server's queue. */
export type Ticket = { operationId: string; workflowId: string }
export type LockHolder = Ticket & { title: string; since: string }

export type LockRequest = {
  serverId: string
  operationId: string
  workflowId: string
  title: string
  /** Recovery may pass the ones who wait, never the holder. */
  ahead?: boolean
}

export type LockAnswer = { held: true } | { held: false; holder: LockHolder; position: number }

/** One mutating operation a server: a queue of tickets, first come first served. */
export type Locks = {
  /** Asking again with the same operation answers where it stands. `position` counts from 1 for the next in line. */
  enqueue(o: LockRequest): Promise<LockAnswer>
  /** Takes the lock only if nobody holds it or waits for it; on disk at the latest with the next intent that is `firm`. */
  tryTake(o: LockRequest): Promise<{ taken: true } | { taken: false; holder: LockHolder }>
  /** Gives up the lock or the place; answers who holds it now, if that changed. */
  leave(operationId: string): Promise<Ticket | null>
  holder(serverId: string): Promise<LockHolder | null>
}

/** The module over one database. */
export function createLocks(db: Db): Locks {
  return {
    enqueue: (o) => call(db, sql<LockAnswer>`enqueue_lock(${json(o)}, false)`),
    async tryTake(o) {
      const answer = await call(db, sql<LockAnswer>`enqueue_lock(${json(o)}, true)`, { durable: 'soon' })
      return answer.held ? { taken: true } : { taken: false, holder: answer.holder }
    },
    leave: (operationId) => call(db, sql<Ticket | null>`leave_lock(${operationId})`),
    holder: (serverId) => call(db, sql<LockHolder | null>`holder_json(${serverId})`),
  }
}
