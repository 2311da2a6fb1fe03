import type { Command } from '../schema/command.ts'
import type { UnitDetails, UnitScope } from '../schema/unit.ts'
import { command, lines, sh, type Script } from './shell.ts'

const category = 'system'

/** Texts and times as they are read here, whatever the host's language; and where a user's own systemd answers. */
export const systemdWords = (scope: UnitScope): Script =>
  scope === 'system'
    ? sh`export LC_ALL=C TZ=UTC`
    : lines(sh`export LC_ALL=C TZ=UTC`, sh`export XDG_RUNTIME_DIR="/run/user/$(id -u)"`)

export const systemctl = (scope: UnitScope): Script => (scope === 'system' ? sh`systemctl` : sh`systemctl --user`)

/** Which unit of whose systemd. */
export type UnitOf = { readonly unit: string; readonly scope?: UnitScope }

export const isActive = ({ unit, scope = 'system' }: UnitOf): Command =>
  command({
    script: lines(systemdWords(scope), sh`${systemctl(scope)} is-active --quiet -- ${unit}`),
    shown: `systemctl is-active ${unit}`,
    effect: 'read',
    category,
  })

/** Exit 0 while the host goes down: systemd starts nothing any more. */
export const isGoingDown: Command = command({
  script: sh`[ "$(systemctl is-system-running 2> /dev/null)" = stopping ]`,
  shown: 'systemctl is-system-running',
  effect: 'read',
  category,
})

/** Exit 0 when a unit does not run and is not about to: one that fails and starts again is not stopped. */
export const isStopped = ({ unit, scope = 'system' }: UnitOf): Command =>
  command({
    script: lines(
      systemdWords(scope),
      sh`case "$(${systemctl(scope)} show --property=ActiveState -- ${unit})" in`,
      sh`ActiveState=inactive | ActiveState=failed) ;;`,
      sh`*) exit 1 ;;`,
      sh`esac`,
    ),
    shown: `systemctl show --property=ActiveState ${unit}`,
    effect: 'read',
    category,
  })

/** Exit 0 when the state of a unit's file is this one, such as 'enabled'. */
export const isUnitFile = ({ unit, scope = 'system' }: UnitOf, state: string): Command =>
  command({
    script: lines(
      systemdWords(scope),
      sh`[ "$(${systemctl(scope)} show --property=UnitFileState -- ${unit})" = ${`UnitFileState=${state}`} ]`,
    ),
    shown: `systemctl is-enabled ${unit}`,
    effect: 'read',
    category,
  })

const properties = [
  'Id',
  'Description',
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'Type',
  'Result',
  'ExecMainStatus',
  'MainPID',
  'MemoryCurrent',
  'CPUUsageNSec',
  'NRestarts',
  'StateChangeTimestamp',
  'FragmentPath',
  'DropInPaths',
  'CanReload',
  'NeedDaemonReload',
  'Requires',
  'BindsTo',
  'Wants',
  'RequiredBy',
  'BoundBy',
  'ConsistsOf',
  'WantedBy',
  'Before',
  'After',
  'TriggeredBy',
]

/** Prints what systemd knows of a unit, a property a line; `systemdWords` comes before it. */
export const printUnit = ({ unit, scope = 'system' }: UnitOf): Script =>
  sh`${systemctl(scope)} show --property=${{ text: properties.join(',') }} -- ${unit}`

/** Asks what systemd knows of a unit; `parseUnit` reads the answer. */
export const readUnit = (of: UnitOf): Command =>
  command({
    script: lines(systemdWords(of.scope ?? 'system'), printUnit(of)),
    shown: `systemctl show ${of.unit}`,
    effect: 'read',
    category,
  })

/** Reads what `printUnit` prints. A unit that is not there has the load state 'not-found'. */
export function parseUnit(stdout: string): UnitDetails {
  const values = new Map([...stdout.matchAll(/^(\w+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value]))
  const text = (key: string): string => values.get(key) ?? ''
  const list = (...keys: readonly string[]): string[] => [
    ...new Set(keys.flatMap((key) => text(key).split(' ')).filter((name) => name !== '')),
  ]
  const mainPid = numberOf(text('MainPID'))
  return {
    unit: text('Id'),
    description: text('Description'),
    load: text('LoadState'),
    active: text('ActiveState'),
    sub: text('SubState'),
    enabled: text('UnitFileState'),
    type: text('Type'),
    result: text('Result'),
    exitStatus: numberOf(text('ExecMainStatus')),
    mainPid: mainPid === 0 ? null : mainPid,
    memoryBytes: numberOf(text('MemoryCurrent')),
    cpuMs: millisecondsOf(text('CPUUsageNSec')),
    restarts: numberOf(text('NRestarts')) ?? 0,
    since: timeOf(text('StateChangeTimestamp')),
    path: text('FragmentPath') || null,
    dropIns: list('DropInPaths'),
    canReload: text('CanReload') === 'yes',
    needsDaemonReload: text('NeedDaemonReload') === 'yes',
    dependencies: {
      requires: list('Requires', 'BindsTo'),
      wants: list('Wants'),
      requiredBy: list('RequiredBy', 'BoundBy', 'ConsistsOf'),
      wantedBy: list('WantedBy'),
      before: list('Before'),
      after: list('After'),
      triggeredBy: list('TriggeredBy'),
    },
  }
}

/** What is not set is told as '[not set]', or as the largest number of 64 bits. */
function numberOf(text: string): number | null {
  if (!/^\d+$/.test(text)) return null
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : null
}

function millisecondsOf(nanoseconds: string): number | null {
  const value = numberOf(nanoseconds)
  return value === null ? null : Math.round(value / 1_000_000)
}

/** 'Sat 2026-11-21 18:55:32 UTC' as systemd writes it. */
function timeOf(text: string): string | null {
  const [, day, time] = /(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) UTC$/.exec(text) ?? []
  return day === undefined || time === undefined ? null : `${day}T${time}.000Z`
}
