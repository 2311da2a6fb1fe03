/** Does one side's work once and answers how long the part that counts took, in milliseconds. */
export type Side = () => Promise<number>

export type Figures = { readonly ours: number; readonly reference: number; readonly rounds: number }

/**
 * Both sides in turns, so that whatever else the machine does meets both alike; medians of what comes after the warm-up,
 * or another quantile of it.
 */
export async function inTurns(o: {
  ours: Side
  reference: Side
  rounds: number
  warmUp: number
  at?: number
}): Promise<Figures> {
  const times = { ours: [] as number[], reference: [] as number[] }
  for (let round = -o.warmUp; round < o.rounds; round++) {
    for (const side of ['ours', 'reference'] as const) {
      const ms = await o[side]()
      if (round >= 0) times[side].push(ms)
    }
  }
  const at = o.at ?? 0.5
  return { ours: quantile(times.ours, at), reference: quantile(times.reference, at), rounds: o.rounds }
}

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
