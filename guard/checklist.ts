import { isAtLeast, type ChecklistItem, type Risk } from '../schema/guard.ts'
import type { Found } from './findings.ts'

/** What a person sees to before deciding (spec GUARD-17). */
export function checklistFor(found: readonly Found[], risk: Risk, rollbackPossible: boolean): ChecklistItem[] {
  const containers = found.some(
    ({ rule }) => rule.action.startsWith('container') || rule.action === 'volume_or_image_prune',
  )
  const removes = found.some(
    ({ rule }) => rule.action === 'container_bulk_remove' || rule.action === 'volume_or_image_prune',
  )
  return [
    item('backup', 'A backup of what would be lost exists and can be read.', true),
    item('dependencies', 'What depends on it is known and may be without it.', isAtLeast(risk, 'high')),
    item(
      'rollback',
      rollbackPossible ? 'It is known how to bring it back.' : 'It is known how to go on, since this cannot be undone.',
      !rollbackPossible,
    ),
    ...(containers
      ? [item('container-settings', 'Compose files and environment of the containers are saved.', removes)]
      : []),
  ]
}

const item = (id: string, text: string, critical: boolean): ChecklistItem => ({
  id,
  text,
  critical,
  result: 'unchecked',
  detail: null,
})
