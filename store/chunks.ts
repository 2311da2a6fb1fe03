import type { OutputChunk } from '../schema/run.ts'

/** The same bytes in as few chunks as can be: in order of each stream, neighbours joined. Overlaps and gaps stay for PostgreSQL to judge. */
export function mergeChunks(chunks: readonly OutputChunk[]): OutputChunk[] {
  return (['stdout', 'stderr'] as const).flatMap((stream) =>
    joinNeighbours(chunks.filter((chunk) => chunk.stream === stream).toSorted((a, b) => a.offset - b.offset)),
  )
}

function joinNeighbours(sorted: readonly OutputChunk[]): OutputChunk[] {
  const groups: OutputChunk[][] = []
  let end = -1
  for (const chunk of sorted) {
    if (chunk.bytes.length === 0) continue
    if (chunk.offset === end) groups.at(-1)?.push(chunk)
    else groups.push([chunk])
    end = chunk.offset + chunk.bytes.length
  }
  return groups.flatMap((group) =>
    group.slice(0, 1).map((first) => ({ ...first, bytes: Buffer.concat(group.map((chunk) => chunk.bytes)) })),
  )
}
