import { z } from 'zod'
import type { ErrorType } from '../schema/problem.ts'

const Shape = z.object({ code: z.unknown(), level: z.unknown(), message: z.string() }).partial()

const byCode: Record<string, ErrorType> = {
  ECONNREFUSED: 'connection_refused',
  ENOTFOUND: 'dns_resolution_failed',
  EAI_AGAIN: 'dns_resolution_failed',
  EAI_FAIL: 'dns_resolution_failed',
  EAI_NODATA: 'dns_resolution_failed',
  EHOSTUNREACH: 'host_unreachable',
  ENETUNREACH: 'host_unreachable',
  EHOSTDOWN: 'host_unreachable',
  ENETDOWN: 'host_unreachable',
  EADDRNOTAVAIL: 'host_unreachable',
  ETIMEDOUT: 'connection_timeout',
  ECONNRESET: 'connection_lost',
  ECONNABORTED: 'connection_lost',
  EPIPE: 'connection_lost',
}

const byLevel: Record<string, ErrorType> = {
  'client-timeout': 'connection_timeout',
  'client-dns': 'dns_resolution_failed',
  'client-socket': 'connection_lost',
  'client-authentication': 'authentication_failed',
  agent: 'key_not_found',
  protocol: 'connection_lost',
  handshake: 'connection_lost',
}

/** The type of a failure of ssh2 or of a socket. `AggregateError` comes from dialling several addresses of one name. */
export function classifyConnectionError(error: unknown): ErrorType {
  if (error instanceof AggregateError && error.errors.length > 0) return classifyConnectionError(error.errors[0])
  const { code, level, message = '' } = Shape.safeParse(error).data ?? {}
  if (typeof code === 'string' && byCode[code]) return byCode[code]
  if (/passphrase|encrypted private/i.test(message)) return 'passphrase_required'
  if (/no matching .*host key/i.test(message)) return 'host_key_mismatch'
  if (/not connected|no response from server|connection lost|channel (?:open failure|closed)/i.test(message)) {
    return 'connection_lost'
  }
  return (typeof level === 'string' && byLevel[level]) || 'unknown'
}

/** First match wins: the more specific stands first. Texts are those of the C locale. */
const byOutput: readonly (readonly [RegExp, ErrorType])[] = [
  [/no space left on device|disk quota exceeded|read-only file system/i, 'disk_full'],
  [/cannot allocate memory|out of memory|oom-kill|memory exhausted/i, 'out_of_memory'],
  [
    /could not get lock|unable to (?:acquire|lock).*(?:dpkg|lock)|waiting for cache lock|another (?:app|process).*(?:lock|yum|dnf)|unable to lock database|system management is locked|(?:device or resource|dataset|target|pool) is busy|device or resource busy|text file busy/i,
    'resource_busy',
  ],
  [/fork: (?:retry|resource temporarily unavailable)|too many open files|load average too high/i, 'system_overload'],
  [/container \S+ is not running|no such container|is the docker daemon running/i, 'container_not_running'],
  [
    /cannot open '[^']*': no such pool|pool i\/o is currently suspended|\b(?:FAULTED|UNAVAIL)\b/,
    'zfs_pool_unavailable',
  ],
  [/unit \S+ (?:could not be found|not found|not loaded)|failed to .*: unit .* not found/i, 'service_not_installed'],
  [
    /temporary failure|temporarily unavailable|try again later|connection timed out|could not resolve host/i,
    'temporary_failure',
  ],
  [
    /permission denied|operation not permitted|a (?:password|terminal) is required|not in the sudoers|may not run sudo|access denied|authentication is required/i,
    'permission_denied',
  ],
  [/command not found|: not found\b/i, 'command_not_found'],
]

/** The type of a command's failure, from its exit code and what it wrote; only the last lines count. */
export function classifyCommandFailure(o: {
  exitCode: number | null
  stderr: string
  stdout?: string
  timedOut?: boolean
}): ErrorType {
  if (o.timedOut) return 'command_timeout'
  if (o.exitCode === 127) return 'command_not_found'
  const text = `${(o.stdout ?? '').slice(-4096)}\n${o.stderr.slice(-4096)}`
  const found = byOutput.find(([pattern]) => pattern.test(text))
  if (found) return found[1]
  if (o.exitCode === 126) return 'permission_denied'
  return o.exitCode === 137 ? 'out_of_memory' : 'unknown'
}
