import { Context } from '@temporalio/activity'

/** Beats on a timer, because a heartbeat is also how a cancel request reaches us. Worker shutdown fires the same signal. */
export async function withHeartbeat<T>(
  work: (signal: AbortSignal) => Promise<T>,
  /** What the next attempt is to know of this one. */
  details: () => unknown = () => undefined,
): Promise<T> {
  const context = Context.current()
  const timer = setInterval(() => context.heartbeat(details()), 1_000)
  try {
    return await work(context.cancellationSignal)
  } finally {
    clearInterval(timer)
  }
}
