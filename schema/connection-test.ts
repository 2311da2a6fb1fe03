import { z } from 'zod'
import { ErrorType } from './problem.ts'
import { ServerRef } from './server.ts'

/** One thing tried: the TCP port, a log-in, sudo. */
export const ConnectionCheck = z.object({
  type: z.enum(['tcp', 'host_key', 'root_login', 'app_login', 'sudo']),
  user: z.string().nullable(),
  success: z.boolean(),
  durationMs: z.number(),
  errorType: ErrorType.nullable(),
  message: z.string().nullable(),
})
export type ConnectionCheck = z.infer<typeof ConnectionCheck>

/** The answer of a connection test (spec API-4): TCP first, root only where the server is not locked, the application user always. */
export const ConnectionTest = z.object({
  server: ServerRef,
  hostname: z.string(),
  port: z.int(),
  securityLocked: z.boolean(),
  checks: z.array(ConnectionCheck),
  status: z.enum(['healthy', 'degraded', 'unreachable']),
  success: z.boolean(),
  recommendations: z.array(z.string()),
  nextSteps: z.array(z.string()),
  at: z.iso.datetime(),
  durationMs: z.number(),
})
export type ConnectionTest = z.infer<typeof ConnectionTest>
