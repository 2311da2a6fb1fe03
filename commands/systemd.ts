import type { Command } from '../schema/command.ts'
import { command, sh } from './shell.ts'

const category = 'system'

export const isActive = (unit: string): Command =>
  command({ script: sh`systemctl is-active --quiet -- ${unit}`, effect: 'read', category })

export const readUnitStatus = (unit: string): Command =>
  command({
    script: sh`systemctl show --property=Id,LoadState,ActiveState,SubState,Result,ExecMainStatus,NRestarts -- ${unit}`,
    effect: 'read',
    category,
  })

export type UnitStatus = {
  readonly unit: string
  readonly load: string
  readonly active: string
  readonly sub: string
  readonly result: string
  readonly exitStatus: number | null
  readonly restarts: number
}

/** Reads the `key=value` lines of `systemctl show`. */
export function parseUnitStatus(stdout: string): UnitStatus {
  const values = new Map(
    stdout.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  const value = (key: string): string => values.get(key) ?? ''
  return {
    unit: value('Id'),
    load: value('LoadState'),
    active: value('ActiveState'),
    sub: value('SubState'),
    result: value('Result'),
    exitStatus: value('ExecMainStatus') === '' ? null : Number(value('ExecMainStatus')),
    restarts: Number(value('NRestarts') || 0),
  }
}

export const restartUnit = (unit: string): Command =>
  command({ script: sh`systemctl restart -- ${unit}`, effect: 'change', category })
