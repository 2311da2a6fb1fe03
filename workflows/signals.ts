import { setHandler } from '@temporalio/workflow'
import { reads } from './activities.ts'
import { sendSignal, textsOf } from './messages.ts'
import type { Operation } from './operation.ts'

/**
 * Passes signals on, in the order of their coming, to the command that runs. It ends as it ends: the operation then tells
 * what became of it.
 */
export function passSignals({ input: { operationId }, server }: Pick<Operation, 'input' | 'server'>): void {
  let before: Promise<void> = Promise.resolve()
  setHandler(sendSignal, async (message) => {
    const { signal, by = 'temporal', ...rest } = textsOf(message)
    if (rest.operationId !== operationId || server === null || (signal !== 'TERM' && signal !== 'KILL')) return
    // What the host did not take is told by the activity; a signal that is lost must not end the operation.
    before = before.then(() => reads.signalRuns({ operationId, server, signal, by })).catch(() => undefined)
    await before
  })
}
