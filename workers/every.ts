import type { Logger } from 'pino'

/** Runs `work` again and again, never twice at once; a failure is logged and the next turn tries again. Answers how to stop it. */
export function every(ms: number, work: () => Promise<void>, log: Logger): () => Promise<void> {
  let stopped = false
  let turn: Promise<void> | null = null
  const takeTurn = async (): Promise<void> => {
    try {
      await work()
    } catch (error) {
      log.warn({ err: error }, 'background work failed; the next turn tries again')
    }
    turn = null
  }
  const timer = setInterval(() => {
    if (!stopped) turn ??= takeTurn()
  }, ms)
  timer.unref()
  return async () => {
    stopped = true
    clearInterval(timer)
    await turn
  }
}
