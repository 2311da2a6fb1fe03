import { z } from 'zod'

/** What went wrong with a server or an operation: the types of spec ERR-1 and those of the durable engine. */
export const ErrorType = z.enum([
  'connection_refused',
  'dns_resolution_failed',
  'host_unreachable',
  'authentication_failed',
  'key_not_found',
  'passphrase_required',
  'disk_full',
  'out_of_memory',
  'system_overload',
  'resource_busy',
  'temporary_failure',
  'container_not_running',
  'zfs_pool_unavailable',
  'service_not_installed',
  'connection_timeout',
  'connection_lost',
  'command_timeout',
  'permission_denied',
  'command_not_found',
  'host_key_mismatch',
  'unknown',
])
export type ErrorType = z.infer<typeof ErrorType>

export const Severity = z.enum(['low', 'medium', 'high', 'critical'])
export type Severity = z.infer<typeof Severity>

/** Stable codes of the API's errors; they never change meaning (spec API-3, ERR-8). */
export const ErrorCode = z.enum([
  'CONNECTION_FAILED',
  'AUTH_FAILED',
  'TIMEOUT',
  'SETUP_RETRYABLE',
  'RETRYABLE',
  'COMMAND_FAILED',
  'OUTCOME_UNKNOWN',
  'PRECONDITION_FAILED',
  'ALREADY_SET_UP',
  'ALREADY_RUNNING',
  'NOT_FOUND',
  'CONFLICT',
  'VALIDATION_FAILED',
  'AUTHENTICATION_REQUIRED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'PAYLOAD_TOO_LARGE',
  'DESTRUCTIVE_ACTION_BLOCKED',
  'UNSUPPORTED_SYSTEM',
  'SERVICE_UNAVAILABLE',
  'MALFORMED_REQUEST',
  'METHOD_NOT_ALLOWED',
  'UNSUPPORTED_MEDIA_TYPE',
  'INVALID_CONFIRMATION',
  'MAX_ATTEMPTS_EXCEEDED',
  'EXPIRED',
  'INTERNAL_ERROR',
])
export type ErrorCode = z.infer<typeof ErrorCode>

/** What failed, where, why and what to do next: one shape for activities, workflows, API and CLI. Built from redacted parts. */
export const Problem = z.object({
  type: ErrorType,
  code: ErrorCode,
  severity: Severity,
  message: z.string(),
  details: z.string().nullable(),
  suggestions: z.array(z.string()),
  retryable: z.boolean(),
})
export type Problem = z.infer<typeof Problem>
