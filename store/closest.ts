/** Of the names known, up to five that someone who typed `wanted` may have meant, closest first. */
export function closest(wanted: string, known: readonly string[]): string[] {
  const limit = Math.max(2, Math.ceil(wanted.length / 3))
  return known
    .map((name) => ({
      name,
      distance: name.includes(wanted) || wanted.includes(name) ? 1 : editDistance(wanted, name),
    }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, 5)
    .map(({ name }) => name)
}

/** Levenshtein's: how many letters to add, drop or change. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 0; i < a.length; i++) {
    const row = [i + 1]
    for (let j = 1; j <= b.length; j++) {
      const [up = 0, left = 0, corner = 0] = [above[j], row[j - 1], above[j - 1]]
      row.push(Math.min(up + 1, left + 1, corner + (a[i] === b[j - 1] ? 0 : 1)))
    }
    above = row
  }
  return above.at(-1) ?? 0
}
