import { SshError } from './error.ts'

export type Breaker = {
  /** The last failure while the circuit is open: the answer to give at once. `null` where an attempt may be made. */
  blockedBy(): { error: SshError; retryInMs: number } | null
  /** Must be called before an attempt to connect; while half open only the first caller is let through. */
  tryNow(): boolean
  succeeded(): void
  failed(error: SshError): void
}

/** Opens after failures in a row, lets one probe through after a delay that doubles up to a minute, closes on success (spec SSH-11). */
export function createBreaker(o: {
  failures: number
  delayMs: number
  now: () => number
  onChange: (state: 'open' | 'closed' | 'probing') => void
}): Breaker {
  let inARow = 0
  let last: SshError | null = null
  let openUntil = 0
  let probing = false

  return {
    blockedBy() {
      if (inARow < o.failures || !last) return null
      const retryInMs = openUntil - o.now()
      return retryInMs > 0 || probing ? { error: last, retryInMs: Math.max(retryInMs, 0) } : null
    },
    tryNow() {
      if (inARow < o.failures) return true
      if (probing || o.now() < openUntil) return false
      probing = true
      o.onChange('probing')
      return true
    },
    succeeded() {
      if (inARow >= o.failures) o.onChange('closed')
      inARow = 0
      probing = false
      last = null
    },
    failed(error) {
      probing = false
      last = error
      inARow += 1
      if (inARow < o.failures) return
      openUntil = o.now() + Math.min(60_000, o.delayMs * 2 ** (inARow - o.failures))
      o.onChange('open')
    },
  }
}

/** The answer while the circuit is open: the last failure, and when it is tried again. */
export function whileOpen(host: string, blocked: { error: SshError; retryInMs: number }): SshError {
  const { error, retryInMs } = blocked
  const because = `${error.because}; not tried again for another ${Math.ceil(retryInMs / 1000)} s`
  return new SshError({ type: error.type, host, because, cause: error })
}
