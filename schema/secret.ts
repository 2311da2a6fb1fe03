import { z } from 'zod'

/** A secret's name in the store. */
export const SecretName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    'lower-case letters, digits, dot, dash and underscore, up to 63, starting with a letter or digit',
  )
export type SecretName = z.infer<typeof SecretName>

/**
 * Where a secret's value comes from. Only references travel through plans, histories, logs and answers; an activity
 * resolves them at the last moment. `version` pins a stored value, so that what was approved is what runs.
 */
export const SecretRef = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stored'), name: SecretName, version: z.int().positive().optional() }),
  z.object({ kind: z.literal('env'), variable: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/) }),
  z.object({ kind: z.literal('file'), path: z.string().regex(/^\//, 'an absolute path').max(4096) }),
  /** A program on the worker's machine, such as a password manager's; its first line of output is the value. */
  z.object({ kind: z.literal('command'), argv: z.array(z.string().max(4096)).min(1).max(64) }),
])
export type SecretRef = z.infer<typeof SecretRef>
