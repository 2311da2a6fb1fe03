import { sh, type Script } from '../shell.ts'

export const askServices = (pattern: string): Script =>
  sh`systemctl list-units --type=service --state=active --plain --no-legend -- ${pattern} && echo ok`

export const askDependants = (unit: string): Script =>
  sh`systemctl list-dependencies --reverse --plain --no-pager -- ${unit} && echo ok`

export const askFailed = (): Script =>
  sh`systemctl list-units --failed --type=service,mount --plain --no-legend && echo ok`

export const readUnits = (rows: readonly string[]): string[] => rows.map((row) => row.split(/\s+/)[0] ?? '')

/** Services and sockets alone: every unit is wanted by some target. */
export const readDependants = (unit: string, rows: readonly string[]): string[] => [
  ...new Set(
    rows.filter((row) => /\.(service|socket|timer|mount)$/.test(row) && row !== unit && row !== `${unit}.service`),
  ),
]
