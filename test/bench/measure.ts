/** Does one side's work once and answers how long the part that counts took, in milliseconds. */
export type Side = () => Promise<number>

export type Figures = { readonly ours: number; readonly reference: number; readonly rounds: number }

/**
 * Both sides in turns, so that whatever else the machine does meets both alike, and each as often the first; medians of
 * what comes after the warm-up, or another quantile of it. `undisturbed` is for work of microseconds: a round in which
 * the kernel gave the processor to somebody else, which takes milliseconds, tells nothing of either side.
 */
export async function inTurns(o: {
  ours: Side
  reference: Side
  rounds: number
  warmUp: number
  at?: number
  undisturbed?: true
}): Promise<Figures> {
  const times = { ours: [] as number[], reference: [] as number[] }
  for (let round = -o.warmUp; round < o.rounds; round++) {
    for (const side of round % 2 === 0 ? (['ours', 'reference'] as const) : (['reference', 'ours'] as const)) {
      const before = o.undisturbed === true ? timesPutAside() : 0
      const ms = await o[side]()
      if (round >= 0 && (o.undisturbed !== true || timesPutAside() === before)) times[side].push(ms)
    }
  }
  const at = o.at ?? 0.5
  return { ours: quantile(times.ours, at), reference: quantile(times.reference, at), rounds: o.rounds }
}

/** How often the kernel has taken the processor away from this process. */
const timesPutAside = (): number => process.resourceUsage().involuntaryContextSwitches

/** A side whose whole work counts. */
export const whole =
  (work: () => Promise<unknown>): Side =>
  async () => {
    const begun = performance.now()
    await work()
    return performance.now() - begun
  }

/** Between two values it is their middle, as a median is. */
export function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = at * (sorted.length - 1)
  const [below = 0, above = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return (below + above) / 2
}
