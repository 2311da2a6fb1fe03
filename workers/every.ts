import type { Logger } from 'pino'

/** Runs `work` again and again, never twice at once; a failure is logged and the next turn tries again. Answers how to stop it. */
export function every(ms: number, work: () => Promise<void>, log: Logger): () => Promise<void> {
  let stopped = false
  let turn: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    turn = turn.then(async () => {
      if (stopped) return
      await work().catch((error: unknown) =>
        log.warn({ err: error }, 'background work failed; the next turn tries again'),
      )
    })
  }, ms)
  timer.unref()
  return async () => {
    stopped = true
    clearInterval(timer)
    await turn
  }
}
