import { z } from 'zod'
import { type Application, ApplicationName } from './application.ts'
import { Id } from './identity.ts'
import { ServerRef } from './server.ts'

/** A release as it is called on its servers: its version, and the beginning of the digest of all that it is made of. */
export const ReleaseName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,79}$/, 'a release such as 2.0.0-1f0c2a9b, or its version')

/**
 * What one server does as one of several: it is the canary of them (`gated`: and a person then says whether it goes on),
 * comes after the canary, or switches when all are ready.
 */
export const DeploymentPart = z.enum(['canary', 'gated', 'rest', 'together'])
export type DeploymentPart = z.infer<typeof DeploymentPart>

/** What the history of a deployment holds of what was asked for; the application itself is stored with the operation. */
export const DeploymentSettings = z.object({
  application: ApplicationName,
  version: ReleaseName.nullable(),
  part: DeploymentPart.optional(),
})
export type DeploymentSettings = z.infer<typeof DeploymentSettings>

/** Of a deployment that ended well: what serves now, and what served before. */
export const DeploymentOutcome = z.object({
  application: z.string(),
  release: z.string(),
  previous: z.string().nullable().describe('What served before; the same where it did already'),
  sha256: z.string().nullable().describe('Of its artifact'),
})
export type DeploymentOutcome = z.infer<typeof DeploymentOutcome>

/** One release that came to serve on one server: by a deployment, or by going back to it. */
export const Release = z.object({
  application: z.string(),
  server: ServerRef,
  release: z.string(),
  version: z.string().nullable(),
  sha256: z.string().nullable().describe('Of its artifact'),
  operation: Id.describe('The deployment or rollback that brought it'),
  by: z.string(),
  at: z.iso.datetime(),
  active: z.boolean().describe('Whether it serves now'),
})
export type Release = z.infer<typeof Release>

/** A release as it is stored, with all that it takes to bring it about again. */
export type StoredRelease = Release & { readonly definition: Application }
