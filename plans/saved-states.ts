/** How many saved states a host keeps at least beside those that a revert needs, while they are not too old. */
const mostKept = 20
const longestKeptMs = 90 * 24 * 3_600_000

type OnHost = {
  /** Operations whose saved state lies on the host, as the host has them. */
  readonly left: readonly string[]
  /** When each operation that is known has ended; null while it has not. */
  readonly endedAt: ReadonlyMap<string, string | null>
  /** Operations whose state a revert would put back. */
  readonly inForce: readonly string[]
  readonly nowMs: number
}

/**
 * The saved states that nothing needs any more: those beyond the newest 20, and those older than 90 days. The newest,
 * those of lockdowns that are in force, and those of operations that are not known here, always stay.
 */
export function needlessStates({ left, endedAt, inForce, nowMs }: OnHost): string[] {
  // Ids are UUIDv7: they sort by time.
  const known = left.filter((id) => endedAt.has(id)).toSorted((a, b) => (a < b ? 1 : -1))
  return known.filter((id, rank) => {
    const ended = endedAt.get(id) ?? null
    if (rank === 0 || ended === null || inForce.includes(id)) return false
    return rank >= mostKept || nowMs - Date.parse(ended) > longestKeptMs
  })
}
