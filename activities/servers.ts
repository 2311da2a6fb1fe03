import type { ServerRef } from '../schema/server.ts'
import type { Deps } from './deps.ts'

export const serverActivities = (deps: Deps) => ({
  /** The flag that says so; only the setup workflow sets it (spec INV-2). */
  async markSetUp({ server }: { operationId: string; server: ServerRef }): Promise<void> {
    await deps.store.servers.setFlags(server.id, { setupComplete: true })
  },
})
