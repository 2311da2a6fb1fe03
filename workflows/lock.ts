import { condition } from '@temporalio/workflow'
import type { ServerRef } from '../schema/server.ts'
import { acts } from './activities.ts'
import type { Operation } from './operation.ts'

/** One mutating operation a server: waits in the order of arrival and says who holds it. */
export async function lockServer(operation: Operation, server: ServerRef, title: string): Promise<void> {
  for (let asked = 0; ; asked += 1) {
    operation.lock.freed = false
    const answer = await acts.lockServer({ operationId: operation.input.operationId, server, title })
    if (answer.held) break
    operation.become('waiting', { reason: 'server_lock', detail: answer.detail })
    await condition(() => operation.lock.freed, asked < 30 ? '10 seconds' : '1 minute', {
      summary: 'Ask again for the lock',
    })
  }
  operation.lock.held = true
  operation.become('running')
}

export async function unlockServer(operation: Operation): Promise<void> {
  await acts.unlockServer({ operationId: operation.input.operationId })
  operation.lock.held = false
}
