import { vi } from 'vitest'
import type { Store } from '../../store/index.ts'

/** Events of all servers, or of one, once none of them waits for a transaction, which may be one of another test. */
export function settledEvents(store: Store, o: { serverId: string | null; after: number }) {
  return vi.waitUntil(async () => {
    const page = await store.events.afterPosition({ ...o, limit: 10_000 })
    return page.heldBack ? null : page.events
  })
}
