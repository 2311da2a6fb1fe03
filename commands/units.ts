import { lines, sh, type Script } from './shell.ts'

/** What systemd knows of a unit. */
export type Unit = {
  readonly id: string
  readonly load: string
  readonly active: string
  /** As `systemctl is-enabled` says it: 'enabled', 'disabled', 'masked', 'static'; empty where there is no file. */
  readonly enabled: string
  /** TCP ports of a socket unit. */
  readonly listens: readonly number[]
}

export const printUnits = (names: readonly string[]): Script =>
  sh`systemctl show --property=Names,Id,LoadState,ActiveState,UnitFileState,Listen -- ${names}`

/** Reads the output of `printUnits`, by every name that a unit has. */
export function parseUnits(stdout: string): ReadonlyMap<string, Unit> {
  const units = new Map<string, Unit>()
  for (const block of stdout.split(/\n\n+/)) {
    const values = [...block.matchAll(/^(\w+)=(.*)$/gm)]
    const value = (key: string): string => values.find(([, name]) => name === key)?.[2] ?? ''
    const unit = {
      id: value('Id'),
      load: value('LoadState'),
      active: value('ActiveState'),
      enabled: value('UnitFileState'),
      listens: [...block.matchAll(/^Listen=.*?:(\d+) \(Stream\)$/gm)].map(([, port]) => Number(port)),
    }
    for (const name of [unit.id, ...value('Names').split(' ')]) if (name !== '') units.set(name, unit)
  }
  return units
}

export const isThere = (unit: Unit | undefined): unit is Unit => unit !== undefined && unit.load === 'loaded'

/** Runs a unit anew, or ends it, and has it start with the host or not, as it was found. */
export const unitAsItWas = (name: string, before: Unit | undefined): Script =>
  isThere(before)
    ? lines(
        before.enabled === 'disabled' ? sh`systemctl disable -- ${name}` : sh`:`,
        before.active === 'active' ? sh`systemctl restart -- ${name}` : sh`systemctl stop -- ${name}`,
      )
    : sh`:`
