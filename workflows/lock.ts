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

/** Takes the lock where nobody holds it or waits for it; false where somebody does, and then no place in the queue. */
export async function lockIfFree(operation: Operation, server: ServerRef): Promise<boolean> {
  operation.lock.held = await acts.lockServerIfFree({ operationId: operation.input.operationId, server })
  return operation.lock.held
}

export async function unlockServer(operation: Operation): Promise<void> {
  await acts.unlockServer({ operationId: operation.input.operationId })
  operation.lock.held = false
}
