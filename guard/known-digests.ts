/** The last digests that were added, up to so many: the oldest is forgotten first. */
export function createKnownDigests(most: number) {
  const digests = new Set<string>()
  return {
    has: (digest: string): boolean => digests.has(digest),
    add(digest: string): void {
      digests.delete(digest)
      digests.add(digest)
      const [oldest] = digests
      if (digests.size > most && oldest !== undefined) digests.delete(oldest)
    },
  }
}
