/** Does one side's work once and answers how long the part that counts took, in milliseconds. */
export type Side = () => Promise<number>

export type Figures = { readonly ours: number; readonly reference: number; readonly rounds: number }

/** Both sides in turns, so that whatever else the machine does meets both alike; medians of what comes after the warm-up. */
export async function inTurns(o: { ours: Side; reference: Side; rounds: number; warmUp: number }): Promise<Figures> {
  const times = { ours: [] as number[], reference: [] as number[] }
  for (let round = -o.warmUp; round < o.rounds; round++) {
    for (const side of ['ours', 'reference'] as const) {
      const ms = await o[side]()
      if (round >= 0) times[side].push(ms)
    }
  }
  return { ours: median(times.ours), reference: median(times.reference), rounds: o.rounds }
}

/** A side whose whole work counts. */
export const whole =
  (work: () => Promise<unknown>): Side =>
  async () => {
    const begun = performance.now()
    await work()
    return performance.now() - begun
  }

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [below = 0, above = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]]
  return (below + above) / 2
}
