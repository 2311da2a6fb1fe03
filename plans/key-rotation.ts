import {
  addAuthorizedKeys,
  type AuthorizedKeys,
  authorizesInstead,
  hasAuthorizedKeys,
  removeAuthorizedKeys,
  withdrawAuthorizedKeys,
} from '../commands/authorized-keys.ts'
import { removeOldKeyStep } from '../schema/step-names.ts'
import type { PlanDraft } from '../schema/plan.ts'

export type KeyRotation = {
  readonly operationId: string
  readonly server: string
  /** The application user, as the host knows it. */
  readonly account: Pick<AuthorizedKeys, 'user' | 'group' | 'home'>
  readonly newKey: string
  readonly oldKeys: readonly string[]
}

/**
 * The new key in, then the old one out. Between the two the workflow proves a log-in with the new key and changes the
 * registry to it: so the second step has no undo, and refuses where the new key is not in the file.
 */
export function planKeyRotation({ operationId, server, account, newKey, oldKeys }: KeyRotation): PlanDraft {
  const wanted = { ...account, keys: [newKey] }
  const backups = {
    directory: { operationId, item: 'ssh-directory' },
    file: { operationId, item: 'authorized-keys' },
  }
  return {
    steps: [
      {
        id: 'authorized-keys.add',
        title: `Let the new key log in as ${account.user}`,
        as: 'root',
        check: hasAuthorizedKeys(wanted),
        apply: [addAuthorizedKeys(wanted, backups)],
        verify: hasAuthorizedKeys(wanted),
        undo: [withdrawAuthorizedKeys(wanted, backups)],
      },
      {
        id: removeOldKeyStep,
        title: `Take the old key of ${account.user} away, now that the new one is proved and in the registry`,
        as: 'root',
        check: authorizesInstead(wanted, oldKeys),
        apply: [removeAuthorizedKeys(wanted, oldKeys)],
        verify: authorizesInstead(wanted, oldKeys),
      },
    ],
    warnings: [`Whoever else holds the old key cannot log in to ${server} as ${account.user} with it any more.`],
  }
}
