import { setTimeout } from 'node:timers/promises'

/** Waits, unless it is cancelled: it then ends by the signal's own reason, by which Temporal knows a cancelled activity. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal })
  } catch {
    signal.throwIfAborted()
  }
}
