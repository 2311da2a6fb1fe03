import type { Backup } from '../commands/backup.ts'
import type { FileToWrite } from '../commands/file.ts'
import { isActive, isStopped, isUnitFile } from '../commands/systemd.ts'
import { moveUnit, switchUnit } from '../commands/unit-action.ts'
import {
  isUnitFileInForce,
  renewUnit,
  restoreUnitFile,
  unitFile,
  writeUnitFile,
  type UnitInspection,
} from '../commands/unit-file.ts'
import type { PlanDraft, Step } from '../schema/plan.ts'
import { wholeUnitName } from '../schema/unit.ts'
import type { UnitDefinitionSettings } from '../schema/unit-definition.ts'

export type UnitDefinitionPlan =
  | { readonly kind: 'plan'; readonly plan: PlanDraft }
  | { readonly kind: 'impossible'; readonly problems: readonly string[] }

type Situation = {
  readonly operationId: string
  readonly settings: UnitDefinitionSettings
  readonly inspected: UnitInspection
}

type Wish = Situation & {
  readonly unit: string
  readonly file: FileToWrite
  readonly backup: Backup
  readonly isWritten: boolean
}

/**
 * The unit's file as its definition says, checked by systemd's own analyser before; then whether it starts with the
 * host, then the service itself. Taking back ends with the file and the service as they were.
 */
export function planUnitDefinition(situation: Situation): UnitDefinitionPlan {
  const wanted = wish(situation)
  const problems = findProblems(wanted)
  if (problems.length > 0) return { kind: 'impossible', problems }
  const steps = [writeFile(wanted), ...startWithHost(wanted), ...serve(wanted)]
  return { kind: 'plan', plan: { steps, warnings: findWarnings(wanted) } }
}

function wish(situation: Situation): Wish {
  const { operationId, settings, inspected } = situation
  const unit = wholeUnitName(settings.service)
  const file = unitFile(unit, settings.definition)
  const found = inspected.file
  const isLike =
    found !== null &&
    found.content === file.content &&
    found.entry.kind === 'regular file' &&
    found.entry.mode === file.mode &&
    found.entry.owner === file.owner &&
    found.entry.group === file.group
  return {
    ...situation,
    unit,
    file,
    backup: { operationId, item: 'unit-file' },
    isWritten: isLike && !inspected.unit.needsDaemonReload && inspected.unit.load === 'loaded',
  }
}

const writeFile = ({ unit, file, backup, inspected, isWritten }: Wish): Step => ({
  id: 'unit.file',
  title: `Write the file of ${unit} and have systemd read it`,
  as: 'root',
  check: isUnitFileInForce(unit, file),
  apply: [writeUnitFile(unit, file, backup)],
  verify: isUnitFileInForce(unit, file),
  undo: [restoreUnitFile(unit, file, inspected.unit, backup)],
  file: {
    path: file.path,
    before: inspected.file?.content ?? null,
    after: file.content,
    mode: file.mode,
    owner: file.owner,
  },
  ...(isWritten ? { alreadySo: 'it is as it should be' } : {}),
})

function startWithHost({ unit, settings, inspected, isWritten }: Wish): Step[] {
  const { enabled } = inspected.unit
  if (!settings.enabled)
    return enabled === 'enabled'
      ? [
          {
            id: 'unit.disable',
            title: `Have ${unit} not start with the host any more`,
            as: 'root',
            check: isUnitFile({ unit }, 'disabled'),
            apply: [switchUnit('disable', { unit })],
            verify: isUnitFile({ unit }, 'disabled'),
            undo: [switchUnit('enable', { unit })],
          },
        ]
      : []
  if (settings.definition.wantedBy.length === 0) return []
  // Where it starts may have changed with its file.
  if (enabled === 'enabled' && !isWritten)
    return [
      {
        id: 'unit.enable',
        title: `Have ${unit} start with the host where its new file says`,
        as: 'root',
        apply: [renewUnit(unit)],
        verify: isUnitFile({ unit }, 'enabled'),
      },
    ]
  return [
    {
      id: 'unit.enable',
      title: `Have ${unit} start with the host`,
      as: 'root',
      check: isUnitFile({ unit }, 'enabled'),
      apply: [switchUnit('enable', { unit })],
      verify: isUnitFile({ unit }, 'enabled'),
      undo: [switchUnit('disable', { unit })],
      ...(enabled === 'enabled' ? { alreadySo: 'it is enabled' } : {}),
    },
  ]
}

function serve({ unit, settings, inspected, isWritten }: Wish): Step[] {
  const { active, sub } = inspected.unit
  const runs = active === 'active'
  const deadline = { deadlineMs: settings.timeoutMs }
  switch (settings.state) {
    case 'as_it_is':
      return []
    case 'stopped':
      return [
        {
          id: 'unit.stop',
          title: `Stop ${unit} and wait until it is down`,
          as: 'root',
          check: isStopped({ unit }),
          apply: [moveUnit('stop', { unit }, deadline)],
          verify: isStopped({ unit }),
          ...(active === 'inactive' || active === 'failed' ? { alreadySo: `it is ${active} (${sub})` } : {}),
        },
      ]
    case 'running':
      return [
        runs && !isWritten
          ? {
              id: 'unit.restart',
              title: `Restart ${unit} by its new file and wait until it is up`,
              as: 'root',
              apply: [moveUnit('restart', { unit }, deadline)],
            }
          : {
              id: 'unit.start',
              title: `Start ${unit} and wait until it is up`,
              as: 'root',
              check: isActive({ unit }),
              apply: [moveUnit('start', { unit }, deadline)],
              ...(runs ? { alreadySo: `it is ${active} (${sub})` } : {}),
            },
      ]
    default:
      return settings.state satisfies never
  }
}

function findProblems({ unit, file, inspected }: Wish): string[] {
  const { analysis, file: found, unit: known } = inspected
  if (analysis === null) return ['systemd-analyze, which would check the file first, is not there.']
  if (found !== null && found.entry.kind !== 'regular file')
    return [`${file.path} is a ${found.entry.kind}${known.load === 'masked' ? `: ${unit} is masked` : ''}.`]
  return analysis.faults.map(sentence)
}

const sentence = (line: string): string => `systemd-analyze: ${line.replace(/[. ]*$/, '.')}`

function findWarnings({ unit, file, settings, inspected, isWritten }: Wish): string[] {
  const { path, dropIns, active } = inspected.unit
  return [
    ...(inspected.analysis?.remarks ?? []).map(sentence),
    ...(path !== null && path !== file.path ? [`${file.path} takes the place of ${path}.`] : []),
    ...(dropIns.length > 0 ? [`${dropIns.join(', ')} still change ${unit}.`] : []),
    ...(settings.state === 'as_it_is' && active === 'active' && !isWritten
      ? [`${unit} runs by its old file until it is restarted.`]
      : []),
  ]
}
