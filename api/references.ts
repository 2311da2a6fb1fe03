import type { Actor } from '../schema/identity.ts'
import type { SecretRef } from '../schema/secret.ts'
import type { ServerChange } from '../schema/server.ts'
import { Refusal } from './problem.ts'

/**
 * References that read the worker's own machine (its environment, its files, the output of a program there) are for
 * administrators: with them, whoever may register a server could read or run anything there. Stored secrets are for all.
 */
export function checkReferences(actor: Actor, server: Pick<ServerChange, 'root' | 'app' | 'jump'>): void {
  for (const login of [server.root, server.app, server.jump?.login]) {
    if (!login) continue
    const { authentication, sudoPassword } = login
    checkSecretRefs(actor, [sudoPassword, ...Object.values(authentication).filter(isReference)])
  }
}

export function checkSecretRefs(actor: Actor, references: readonly (SecretRef | undefined)[]): void {
  const local = references.find((reference) => reference && reference.kind !== 'stored')
  if (!local || actor.role === 'admin') return
  throw new Refusal(
    403,
    'FORBIDDEN',
    `A secret of kind "${local.kind}" reads the worker's machine; only an admin may refer to one.`,
    {
      suggestion: 'Refer to a stored secret; an admin stores one with PUT /v1/secrets/{name}.',
    },
  )
}

const isReference = (value: unknown): value is SecretRef =>
  typeof value === 'object' && value !== null && 'kind' in value
