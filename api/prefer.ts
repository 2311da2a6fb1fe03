import type { Operation } from '../store/index.ts'
import type { Deps } from './context.ts'
import { createBell } from './event-hub.ts'
import { withLiveState } from './operation-state.ts'

const longestMs = 60_000
/** Now and then the engine is asked: a terminated workflow sends no news. */
const doubtMs = 2_000

/** Milliseconds of `Prefer: wait=N`, at most 60 s; 0 where nothing is preferred. */
export function waitOf(prefer: string | undefined): number {
  const [, seconds] = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})"?/i.exec(prefer ?? '') ?? []
  return Math.min(Number(seconds ?? 0) * 1000, longestMs)
}

/** Watches an operation for its end. Made before the start, so that an early end is not missed. */
export type EndWatch = {
  /** The operation once it has ended or asks a person; null when the time is over first. */
  wait(ms: number): Promise<Operation | null>
  stop(): void
}

export async function watchForEnd(deps: Deps, operationId: string): Promise<EndWatch> {
  await deps.hub.open()
  const bell = createBell()
  // Number 1 is the start itself.
  const stop = deps.hub.subscribe(operationId, (seq) => (seq === 1 ? undefined : bell.ring()))

  async function ended(inDoubt: boolean): Promise<Operation | null> {
    const stored = await deps.store.operations.get(operationId)
    const operation = stored && inDoubt ? await withLiveState(deps, stored) : stored
    return operation && (operation.endedAt !== null || operation.state === 'awaiting_approval') ? operation : null
  }

  return {
    stop,
    async wait(ms) {
      const deadline = performance.now() + ms
      for (;;) {
        const left = deadline - performance.now()
        if (left <= 0) return ended(true)
        const rung = await bell.wait(Math.min(left, doubtMs))
        const operation = await ended(!rung)
        if (operation) return operation
      }
    },
  }
}
