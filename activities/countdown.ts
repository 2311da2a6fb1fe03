type Clocks = { readonly wallMs: () => number; readonly monotonicMs: () => number }

const ours: Clocks = { wallMs: () => Date.now(), monotonicMs: () => performance.now() }

/** How many milliseconds are left until a time, which is looked up once: setting the clock meanwhile moves it not. */
export function countdown(until: string | number, clocks: Clocks = ours): { readonly leftMs: () => number } {
  const untilMs = typeof until === 'number' ? until : Date.parse(until)
  const end = clocks.monotonicMs() + untilMs - clocks.wallMs()
  return { leftMs: () => end - clocks.monotonicMs() }
}

/**
 * What is known when a new log-in did not get through: whether the old connection says that the host still waits to be
 * disarmed, how often it has said so in a row, and how long the host waits by our reckoning.
 */
type Tried = { readonly old: 'armed' | 'over' | 'silent'; readonly inVain: number; readonly leftMs: number }

/** Whether another log-in is worth a try: the host's own word goes before any clock of ours. */
export const isWorthAnother = ({ old, inVain, leftMs }: Tried): boolean => {
  switch (old) {
    // It has restored itself, or nothing is armed: no log-in proves anything any more.
    case 'over':
      return false
    // The old connection gets through and new ones do not: it is the new rules, not the network.
    case 'armed':
      return inVain < 2 && leftMs >= 0
    case 'silent':
      return leftMs >= 0
    default:
      return old satisfies never
  }
}
