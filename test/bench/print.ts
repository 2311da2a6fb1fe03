import type { MemoryCurve } from './memory.ts'

export type Measured = {
  readonly name: string
  readonly title: string
  readonly against: string
  readonly goal: number
  readonly ours: number
  readonly reference: number
  readonly rounds: number
  readonly unit: 'ms' | 'µs' | 'MiB'
}

const holds = ({ ours, reference, goal }: Measured): boolean => ours / reference <= goal

/** One line a row, for people. */
export function printTable(measured: readonly Measured[]): void {
  const cells = measured.map((row) => [
    row.name,
    row.title,
    `${row.ours.toFixed(1)} ${row.unit}`,
    `${row.reference.toFixed(1)} ${row.unit}`,
    row.against,
    `${(row.ours / row.reference).toFixed(2)} x`,
    `<= ${row.goal} x`,
    holds(row) ? 'holds' : 'DOES NOT HOLD',
  ])
  const lines = [['row', 'what', 'ours', 'reference', 'which is', 'ratio', 'goal', ''], ...cells]
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  for (const line of lines)
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

/** The same for programs, with the curve of the worker's memory. */
export function printJson(measured: readonly Measured[], memory: MemoryCurve | null): void {
  const table = measured.map((row) => ({
    row: row.name,
    what: row.title,
    against: row.against,
    unit: row.unit,
    ours: row.ours,
    reference: row.reference,
    ratio: row.ours / row.reference,
    goal: row.goal,
    holds: holds(row),
    rounds: row.rounds,
  }))
  const curve = memory?.points.map((point) => ({
    commands: point.commands,
    rss_mib: point.rssMiB,
    heap_mib: point.heapMiB,
  }))
  console.log(JSON.stringify({ rows: table, ...(curve === undefined ? {} : { memory: curve }) }, null, 2))
}
