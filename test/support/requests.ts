/** Requests that somebody outside makes all the time, and what became of them. */
export type Requests = {
  stop(): Promise<{
    answers: readonly string[]
    failed: number
    /** The longest time between two answers, in milliseconds. */
    longestGapMs: number
  }>
}

/** Asks for an address again and again, `everyMs`, each time on a connection of its own. */
export function keepAsking(url: string, everyMs = 10): Requests {
  const answers: { at: number; text: string }[] = []
  let failed = 0
  const open = new Set<Promise<void>>()
  const ask = async (): Promise<void> => {
    try {
      const response = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(10_000) })
      answers.push({ text: `${response.status} ${(await response.text()).trim()}`, at: performance.now() })
    } catch {
      failed += 1
    }
  }
  const timer = setInterval(() => {
    const asking = ask().finally(() => open.delete(asking))
    open.add(asking)
  }, everyMs)
  return {
    async stop() {
      clearInterval(timer)
      await Promise.all(open)
      const times = answers.map(({ at }) => at).toSorted((a, b) => a - b)
      const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at))
      return { answers: answers.map(({ text }) => text), failed, longestGapMs: Math.round(Math.max(0, ...gaps)) }
    },
  }
}
