import { z } from 'zod'
import { Id } from './identity.ts'

/** One SSH connection of a worker's pool. */
export const PoolConnection = z.object({
  key: z.string(),
  serverId: Id,
  user: z.string(),
  healthy: z.boolean(),
  channels: z.int().nonnegative(),
  lastUsed: z.iso.datetime(),
  lastCheck: z.iso.datetime().nullable(),
  useCount: z.int().nonnegative(),
  responseMs: z.number().nullable(),
  errorRate: z.number(),
  ageMs: z.number(),
})
export type PoolConnection = z.infer<typeof PoolConnection>

/** One worker's connection pool as it stood at `at` (spec API-9). */
export const PoolReport = z.object({
  worker: z.string(),
  at: z.iso.datetime(),
  total: z.int().nonnegative(),
  healthy: z.int().nonnegative(),
  unhealthy: z.int().nonnegative(),
  idle: z.int().nonnegative(),
  active: z.int().nonnegative(),
  waiting: z.int().nonnegative(),
  meanResponseMs: z.number().nullable(),
  errorRate: z.number(),
  lastCleanUp: z.iso.datetime().nullable(),
  connections: z.array(PoolConnection),
})
export type PoolReport = z.infer<typeof PoolReport>
