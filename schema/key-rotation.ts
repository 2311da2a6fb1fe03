import { z } from 'zod'
import { SecretName, type SecretRef } from './secret.ts'
import type { Authentication } from './server.ts'

/** What a rotation of the application user's key can be told (spec SSH-17). */
export const KeyRotationSettings = z.object({
  keySecret: SecretName.optional().describe(
    'a stored secret with the private key to change to; without it, a new ed25519 key is made and sealed',
  ),
})
export type KeyRotationSettings = z.infer<typeof KeyRotationSettings>

/** The two keys of a rotation, by reference: what the registry said when it began, and what it says afterwards. */
export type KeyChange = {
  readonly from: Authentication
  readonly to: Extract<SecretRef, { kind: 'stored' }>
}

/** Whether a rotation can replace a log-in by a key of its own making: what lies elsewhere it cannot change. */
export const isStoredKey = (authentication: Authentication): boolean =>
  authentication.method === 'key' && authentication.key.kind === 'stored'
