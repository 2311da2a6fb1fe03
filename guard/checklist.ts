import { isAtLeast, type ChecklistItem, type Risk, type RollbackPlan } from '../schema/guard.ts'
import type { HostAnswers } from '../schema/host-questions.ts'
import { backupOf, backupWarning, describeBackup, losesData, usualMaxAgeHours } from './backups.ts'
import type { Found } from './findings.ts'

type Sheet = {
  readonly found: readonly Found[]
  readonly risk: Risk
  readonly rollbackPossible: boolean
  readonly rollback: RollbackPlan | null
  readonly answers: HostAnswers | undefined
  readonly backupMaxAgeHours: number | undefined
  readonly items: readonly string[]
  readonly dependants: readonly string[]
}

type Result = Pick<ChecklistItem, 'result' | 'detail'>

/** What a person sees to before deciding; what the product can check by itself it has checked (spec GUARD-17). */
export function checklistFor(sheet: Sheet): ChecklistItem[] {
  const { found, risk, rollbackPossible } = sheet
  const touches = (action: RegExp): boolean => found.some(({ rule }) => action.test(rule.action))
  const containers = touches(/^(container|volume_or_image_prune)/)
  const removes = touches(/^(container_bulk_remove|volume_or_image_prune)$/)
  return [
    item('backup', 'A backup of what would be lost exists and can be read.', true, backupResult(sheet)),
    item(
      'dependencies',
      'What depends on it is known and may be without it.',
      isAtLeast(risk, 'high'),
      dependencyResult(sheet),
    ),
    item(
      'rollback',
      rollbackPossible ? 'It is known how to bring it back.' : 'It is known how to go on, since this cannot be undone.',
      !rollbackPossible,
      rollbackResult(sheet),
    ),
    ...(containers
      ? [
          item(
            'container-settings',
            'Compose files and environment of the containers are saved.',
            removes,
            settingsResult(sheet),
          ),
        ]
      : []),
  ]
}

const item = (id: string, text: string, critical: boolean, result: Result): ChecklistItem => ({
  id,
  text,
  critical,
  ...result,
})

const unchecked: Result = { result: 'unchecked', detail: null }

function backupResult({ found, answers, backupMaxAgeHours = usualMaxAgeHours }: Sheet): Result {
  const losing = found.filter(losesData)
  if (found.length > 0 && losing.length === 0) return { result: 'unchecked', detail: 'Nothing in it deletes data.' }
  const wrong = losing.flatMap((one) => backupWarning(one, answers, backupMaxAgeHours) ?? [])
  if (wrong[0] !== undefined) return { result: 'failed', detail: wrong[0] }
  const backups = losing.map((one) => backupOf(one, answers))
  const [newest] = backups
  return backups.some((backup) => backup === undefined) || newest === undefined || newest === null
    ? unchecked
    : { result: 'passed', detail: `Newest: ${describeBackup(newest)}. Whether it holds this, a person knows.` }
}

/** Only what the engine or systemd told counts as checked: the registry may not know everything. */
function dependencyResult({ answers, dependants }: Sheet): Result {
  if (dependants.length > 0) return { result: 'unchecked', detail: `Needs it: ${dependants.slice(0, 10).join(', ')}.` }
  return answers?.containers?.details === undefined && answers?.dependants === undefined
    ? unchecked
    : { result: 'passed', detail: 'Nothing else on the host needs it.' }
}

const rollbackResult = ({ rollback }: Sheet): Result =>
  rollback === null ? unchecked : { result: 'passed', detail: rollback.text }

/** What compose started, compose starts again; of the others, only the engine knows how they were started. */
function settingsResult({ answers, items }: Sheet): Result {
  const hit = answers?.containers?.details?.filter(({ name }) => items.includes(name)) ?? []
  if (hit.length === 0) return unchecked
  const loose = hit.filter(({ project }) => project === null).map(({ name }) => name)
  return loose.length === 0
    ? { result: 'passed', detail: 'Each belongs to a compose project.' }
    : { result: 'failed', detail: `In no compose project: ${loose.slice(0, 10).join(', ')}.` }
}
