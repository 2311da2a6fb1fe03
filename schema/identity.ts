import { z } from 'zod'

/** What a token may do: `viewer` reads, `operator` starts, `approver` also decides on approvals, `admin` also changes tokens, secrets, keys and settings. */
export const Role = z.enum(['viewer', 'operator', 'approver', 'admin'])
export type Role = z.infer<typeof Role>

const rank: Record<Role, number> = { viewer: 0, operator: 1, approver: 2, admin: 3 }

/** Roles are ordered: each includes what the ones before it may do. */
export const mayActAs = (has: Role, needs: Role): boolean => rank[has] >= rank[needs]

/** The door through which an act came. */
export const Interface = z.enum(['api', 'cli', 'mcp', 'temporal', 'schedule', 'system'])
export type Interface = z.infer<typeof Interface>

/** Who asks or approves: a token's name, `temporal:<identity>` for a signal sent past the API, or `system`. Agents may request and never approve. */
export const Actor = z.object({
  name: z.string().min(1).max(128),
  kind: z.enum(['person', 'agent', 'system']),
  role: Role,
  interface: Interface,
  address: z.string().max(64).optional(),
})
export type Actor = z.infer<typeof Actor>

/** Who acts where no person or agent does. */
export const systemActor: Actor = { name: 'system', kind: 'system', role: 'admin', interface: 'system' }

/** Follows one request from HTTP down to the SSH log line. */
export const CorrelationId = z.string().regex(/^[A-Za-z0-9._:-]{1,128}$/, 'up to 128 of A-Z a-z 0-9 . _ : -')
export type CorrelationId = z.infer<typeof CorrelationId>

/** UUIDv7: sorts by time of making and cannot be guessed. */
export const Id = z.uuid()
export type Id = z.infer<typeof Id>
