import type { ActionType } from '../schema/guard.ts'
import type { BackupAnswer, HostAnswers, HostQuestion } from '../schema/host-questions.ts'
import type { Found } from './findings.ts'

/** The newest may be this old and still count as one, where the settings say nothing else. */
export const usualMaxAgeHours = 168

/** What only a backup brings back. */
const lost: ReadonlySet<ActionType> = new Set([
  'container_bulk_remove',
  'volume_or_image_prune',
  'filesystem_bulk_delete',
  'zfs_pool_destroy',
  'zfs_dataset_destroy',
  'configuration_reset',
  'disk_format',
  'raw_device_write',
  'volume_group_remove',
  'user_removal',
  'virtual_machine_destroy',
  'database_drop',
  'wsl_unregister',
])

export const losesData = ({ rule, match }: Pick<Found, 'rule' | 'match'>): boolean =>
  lost.has(rule.action) && match.rollback !== true

/** Backups of a guest bear its number: `vzdump-qemu-100-2026_01_02-03_04_05.vma.zst`. */
export const aboutOf = (action: ActionType, targets: readonly string[]): string | null => {
  const [first = ''] = targets
  return action === 'virtual_machine_destroy' && /^\d+$/.test(first) ? `-${first}-` : null
}

export const backupQuestions = (
  action: ActionType,
  targets: readonly string[],
  places: readonly string[],
): HostQuestion[] => (lost.has(action) ? [{ kind: 'backups', places, about: aboutOf(action, targets) }] : [])

/** Undefined where the host was not asked, or could not say. */
export const backupOf = (
  { finding }: Pick<Found, 'finding'>,
  answers: HostAnswers | undefined,
): BackupAnswer | null | undefined => answers?.backups?.[aboutOf(finding.action, finding.targets) ?? '']

/** None, too old, or not readable is the same as none (spec GUARD-26). */
export function backupWarning(
  found: Pick<Found, 'finding'>,
  answers: HostAnswers | undefined,
  maxAgeHours: number,
): string | null {
  const backup = backupOf(found, answers)
  if (backup === undefined) return null
  if (backup === null) return 'No backup was found on the host, and this cannot be undone.'
  if (backup.readable === false) return `The newest backup cannot be read: ${backup.path}.`
  return backup.ageSeconds > maxAgeHours * 3600 ? `The newest backup is ${ageOf(backup)} old: ${backup.path}.` : null
}

export const describeBackup = (backup: BackupAnswer): string =>
  `${backup.path}, ${ageOf(backup)} old, ${backup.bytes} bytes${backup.readable === true ? ', reads whole' : backup.readable === false ? ', cannot be read' : ''}`

const ageOf = ({ ageSeconds }: BackupAnswer): string =>
  ageSeconds < 3600
    ? `${Math.floor(ageSeconds / 60)} min`
    : ageSeconds < 48 * 3600
      ? `${Math.floor(ageSeconds / 3600)} h`
      : `${Math.floor(ageSeconds / 86_400)} days`
