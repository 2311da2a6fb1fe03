const idle = (): void => undefined

/** Lets equal requests share one flight. Each caller may leave by its own signal; the flight is ended when the last one left. */
export function createSingleFlight<T>() {
  const flights = new Map<string, { readonly result: Promise<T>; readonly abort: AbortController; riders: number }>()

  return async function share(
    key: string,
    signal: AbortSignal | undefined,
    start: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted()
    const flight = flights.get(key) ?? take(key, start)
    flight.riders += 1
    let leave = idle
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal?.reason)
      signal?.addEventListener('abort', leave, { once: true })
    })
    try {
      return await Promise.race([flight.result, left])
    } finally {
      signal?.removeEventListener('abort', leave)
      flight.riders -= 1
      if (flight.riders === 0) {
        if (flights.get(key) === flight) flights.delete(key)
        flight.abort.abort()
      }
    }
  }

  function take(key: string, start: (signal: AbortSignal) => Promise<T>) {
    const abort = new AbortController()
    const result = start(abort.signal)
    const flight = { result, abort, riders: 0 }
    flights.set(key, flight)
    const forget = () => {
      if (flights.get(key) === flight) flights.delete(key)
    }
    result.then(forget, forget)
    return flight
  }
}
