import { z } from 'zod'
import type { Colour, Palette } from './colour.ts'
import { ago } from './durations.ts'
import { factLines, tableLines } from './table.ts'

const state = {
  unit: z.string(),
  description: z.string(),
  load: z.string(),
  active: z.string(),
  sub: z.string(),
  enabled: z.string(),
}

export const UnitRowAnswer = z.looseObject(state)
export type UnitRowAnswer = z.infer<typeof UnitRowAnswer>

const names = z.array(z.string()).default([])

export const UnitAnswer = z.looseObject({
  ...state,
  result: z.string().default(''),
  exit_status: z.number().nullish(),
  main_pid: z.number().nullish(),
  memory_bytes: z.number().nullish(),
  cpu_ms: z.number().nullish(),
  restarts: z.number().default(0),
  since: z.string().nullish(),
  path: z.string().nullish(),
  drop_ins: names,
  needs_daemon_reload: z.boolean().default(false),
  dependencies: z.looseObject({ requires: names, wants: names, required_by: names, triggered_by: names }),
})
export type UnitAnswer = z.infer<typeof UnitAnswer>

/** Units as a table, by name. */
export function unitTable(rows: readonly UnitRowAnswer[], paint: Palette): string[] {
  const cells = rows.map((row) => [
    paint.bold(row.unit),
    inColour(row, paint)(`${row.active} (${row.sub})`),
    row.enabled || '-',
    row.description,
  ])
  return tableLines(['UNIT', 'STATE', 'ENABLED', 'DESCRIPTION'], cells)
}

/** One unit: what it is, what it costs, what depends on it. */
export function unitLines(unit: UnitAnswer, paint: Palette): string[] {
  const { dependencies: needs } = unit
  return [
    `${paint.bold(unit.unit)}: ${inColour(unit, paint)(`${unit.active} (${unit.sub})`)}${unit.since ? `, ${ago(unit.since)}` : ''}`,
    ...factLines({
      description: unit.description,
      enabled: unit.enabled,
      'main process': unit.main_pid == null ? null : String(unit.main_pid),
      memory: unit.memory_bytes == null ? null : `${(unit.memory_bytes / 1_048_576).toFixed(1)} MiB`,
      cpu: unit.cpu_ms == null ? null : `${(unit.cpu_ms / 1_000).toFixed(1)} s`,
      restarts: unit.restarts === 0 ? null : `${unit.restarts} by systemd itself`,
      'last end': unit.result === 'success' || unit.result === '' ? null : lastEnd(unit),
      file: unit.path,
      'drop-ins': unit.drop_ins.join(', '),
      requires: needs.requires.join(', '),
      wants: needs.wants.join(', '),
      'required by': needs.required_by.join(', '),
      'triggered by': needs.triggered_by.join(', '),
    }).map((line) => `  ${line}`),
    ...(unit.needs_daemon_reload ? [paint.yellow('  ! Its files have changed since systemd read them.')] : []),
  ]
}

const lastEnd = ({ result, exit_status: status }: UnitAnswer): string =>
  status == null ? result : `${result}, exit status ${status}`

const inColour = ({ active }: Pick<UnitRowAnswer, 'active'>, paint: Palette): Colour =>
  active === 'active' ? paint.green : active === 'failed' ? paint.red : active === 'inactive' ? paint.dim : paint.yellow
