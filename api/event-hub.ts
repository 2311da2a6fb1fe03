import type { Logger } from 'pino'
import type { Store } from '../store/index.ts'

/** Told the number of the newest event, or null where news may have been missed. */
export type Wake = (seq: number | null) => void

/** One listening connection for all who wait for news of operations in this process. */
export type EventHub = {
  /** Opens the connection if it is not there yet; call before reading, so that nothing falls in between. */
  open(): Promise<void>
  /** Calls back whenever an operation may have new events; answers how to stop. Without an id: any operation. */
  subscribe(operationId: string | null, wake: Wake): () => void
  /** Wakes all who wait: their streams end. */
  close(): Promise<void>
  isClosed: () => boolean
}

export function createEventHub(o: { events: Store['events']; log: Logger }): EventHub {
  const waiting = new Map<string | null, Set<Wake>>()
  let listening: Promise<() => Promise<void>> | null = null
  let closed = false

  const wakeAll = (key: string | null, seq: number | null) => waiting.get(key)?.forEach((wake) => wake(seq))
  const onNews = (news: { operationId: string; seq: number } | null): void => {
    if (news === null) return [...waiting.keys()].forEach((key) => wakeAll(key, null))
    wakeAll(news.operationId, news.seq)
    wakeAll(null, news.seq)
  }

  return {
    async open() {
      listening ??= o.events.listen(onNews)
      try {
        await listening
      } catch (error) {
        listening = null // the next one tries again
        throw error
      }
    },
    subscribe(operationId, wake) {
      const group = waiting.get(operationId) ?? new Set()
      waiting.set(operationId, group.add(wake))
      return () => {
        group.delete(wake)
        if (group.size === 0) waiting.delete(operationId)
      }
    },
    isClosed: () => closed,
    async close() {
      closed = true
      for (const key of waiting.keys()) wakeAll(key, null)
      const stop = await listening?.catch(() => undefined)
      listening = null
      await stop?.()
    },
  }
}

/** A waker that loses nothing: news that came while nobody waited is found by the next wait. */
export type Bell = {
  ring: () => void
  /** True where it rang; false where the time was over. */
  wait(ms: number): Promise<boolean>
}

export function createBell(): Bell {
  let rung = false
  let answer: (() => void) | null = null
  return {
    ring() {
      rung = true
      answer?.()
    },
    async wait(ms) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms)
          answer = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      const didRing = rung
      answer = null
      rung = false
      return didRing
    },
  }
}
