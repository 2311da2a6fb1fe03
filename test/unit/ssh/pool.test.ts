import { describe, expect, test } from 'vitest'
import { createBreaker } from '../../../ssh/breaker.ts'
import { SshError } from '../../../ssh/error.ts'
import { createSingleFlight } from '../../../ssh/single-flight.ts'
import { connectionsFor } from '../../../ssh/sizing.ts'

const failure = new SshError({ type: 'connection_refused', host: 'web-1', because: 'refused' })
const made = () => {
  const clock = { now: 0 }
  const states: string[] = []
  const breaker = createBreaker({
    failures: 3,
    delayMs: 5_000,
    now: () => clock.now,
    onChange: (s) => void states.push(s),
  })
  return { clock, states, breaker }
}

describe('the breaker', () => {
  test('opens after failures in a row and answers at once with the last of them', () => {
    const { breaker, states } = made()
    for (let i = 0; i < 2; i++) breaker.failed(failure)
    expect(breaker.blockedBy()).toBeNull()
    breaker.failed(failure)
    expect(breaker.blockedBy()).toEqual({ error: failure, retryInMs: 5_000 })
    expect(states).toEqual(['open'])
  })

  test('lets one probe through after the delay, waits twice as long after its failure, and closes on success', () => {
    const { breaker, clock, states } = made()
    for (let i = 0; i < 3; i++) breaker.failed(failure)
    clock.now = 5_000
    expect([breaker.tryNow(), breaker.tryNow()]).toEqual([true, false])
    breaker.failed(failure)
    expect(breaker.blockedBy()?.retryInMs).toBe(10_000)
    clock.now = 15_000
    expect(breaker.tryNow()).toBe(true)
    breaker.succeeded()
    expect(breaker.blockedBy()).toBeNull()
    expect(states).toEqual(['open', 'probing', 'open', 'probing', 'closed'])
  })

  test('a success in between starts the count anew', () => {
    const { breaker } = made()
    for (let i = 0; i < 2; i++) breaker.failed(failure)
    breaker.succeeded()
    for (let i = 0; i < 2; i++) breaker.failed(failure)
    expect(breaker.blockedBy()).toBeNull()
  })
})

describe('the number of connections', () => {
  test.each([
    [{ commandsPerMinute: 0, meanSeconds: 0, concurrentOperations: 0 }, 1],
    [{ commandsPerMinute: 60, meanSeconds: 2, concurrentOperations: 1 }, 2],
    [{ commandsPerMinute: 60, meanSeconds: 2, concurrentOperations: 2 }, 3],
    [{ commandsPerMinute: 600, meanSeconds: 10, concurrentOperations: 100 }, 4],
  ])('%j asks for %i', (work, wanted) => expect(connectionsFor(work)).toBe(wanted))
})

describe('a single flight', () => {
  test('a rider who leaves does not end it for the others; the last one does', async () => {
    const share = createSingleFlight<string>()
    let ended = false
    const landing: ((value: string) => void)[] = []
    let starts = 0
    const start = (signal: AbortSignal) => {
      starts += 1
      signal.addEventListener('abort', () => (ended = true))
      return new Promise<string>((resolve) => void landing.push(resolve))
    }
    const [first, second] = [new AbortController(), new AbortController()]
    const riders = [share('a', first.signal, start), share('a', second.signal, start)]
    first.abort()
    await expect(riders[0]).rejects.toMatchObject({ name: 'AbortError' })
    expect(ended).toBe(false)
    landing[0]?.('here')
    expect(await riders[1]).toBe('here')
    expect(starts).toBe(1)
    const alone = new AbortController()
    const third = share('a', alone.signal, start)
    alone.abort()
    await expect(third).rejects.toMatchObject({ name: 'AbortError' })
    expect([starts, ended]).toEqual([2, true])
  })
})
