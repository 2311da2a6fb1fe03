import type { CommandCategory } from './command.ts'
import type { ErrorCode, ErrorType, Severity } from './problem.ts'

/** What to do about one type of error (spec ERR-1, ERR-2). `escalateAfter` counts failures in a row; `null` never. */
export type ProblemPolicy = {
  readonly maxRetries: number
  readonly baseDelayMs: number
  readonly backoff: number
  readonly escalateAfter: number | null
  readonly severity: Severity
  readonly code: ErrorCode
  /** What it is, as the middle of a sentence about a host. */
  readonly says: string
  readonly suggestions: readonly string[]
}

const policy = (
  maxRetries: number,
  baseDelayMs: number,
  escalateAfter: number | null,
  severity: Severity,
  code: ErrorCode,
  says: string,
  suggestions: readonly string[],
  backoff = 1.5,
): ProblemPolicy => ({ maxRetries, baseDelayMs, backoff, escalateAfter, severity, code, says, suggestions })

/** The table of spec ERR-1. */
export const problemPolicy: Record<ErrorType, ProblemPolicy> = {
  connection_refused: policy(3, 5_000, 2, 'high', 'CONNECTION_FAILED', 'refused the connection', [
    'Check that sshd runs and listens on the registered port.',
    'Check firewalls and the overlay network between here and the host.',
    'Configure an alternate port if the host has one.',
  ]),
  dns_resolution_failed: policy(2, 5_000, null, 'medium', 'CONNECTION_FAILED', 'has a name that does not resolve', [
    'Check the host name and the resolver of the worker.',
    'Register the IP address instead of the name.',
  ]),
  host_unreachable: policy(2, 10_000, 3, 'high', 'CONNECTION_FAILED', 'cannot be reached', [
    'Check that the host is up.',
    'Check the route, the overlay network and the jump host.',
  ]),
  authentication_failed: policy(0, 0, 1, 'critical', 'AUTH_FAILED', 'refused the log-in', [
    "Check that the user exists and that its authorized_keys holds this log-in's public key.",
    'Check what sshd allows: PubkeyAuthentication, PermitRootLogin, AllowUsers.',
  ]),
  key_not_found: policy(0, 0, 1, 'high', 'AUTH_FAILED', 'has a log-in whose private key cannot be used', [
    'Check the path of the key file, its format and its owner.',
    'Its permissions must be 600 or stricter.',
  ]),
  passphrase_required: policy(0, 0, 1, 'high', 'AUTH_FAILED', 'has a log-in whose private key needs a passphrase', [
    "Name the passphrase in the server's log-in, or use an agent.",
  ]),
  disk_full: policy(2, 30_000, 1, 'critical', 'RETRYABLE', 'has no room left on a disk, or it is read-only', [
    'Free space: see df -h, df -i and the largest files.',
    'If the file system is read-only, look for disk errors in the kernel log.',
  ]),
  out_of_memory: policy(2, 60_000, 1, 'critical', 'RETRYABLE', 'ran out of memory', [
    'Look for the largest processes and for kills in the kernel log.',
  ]),
  system_overload: policy(
    3,
    30_000,
    3,
    'high',
    'RETRYABLE',
    'is overloaded',
    ['Look at load, processes and I/O wait; try again later.'],
    2,
  ),
  resource_busy: policy(3, 10_000, null, 'medium', 'RETRYABLE', 'has something in use by somebody else', [
    'See who holds the lock: a package manager, a dataset, a mount.',
  ]),
  temporary_failure: policy(3, 5_000, null, 'low', 'RETRYABLE', 'failed for the moment', ['Try again.']),
  container_not_running: policy(2, 5_000, null, 'medium', 'RETRYABLE', 'has a container that is not running', [
    'Check the container, its exit code and its log.',
  ]),
  zfs_pool_unavailable: policy(2, 10_000, 1, 'critical', 'RETRYABLE', 'has a ZFS pool that is not available', [
    'See zpool status; look for faulted devices before clearing errors.',
  ]),
  service_not_installed: policy(0, 0, null, 'medium', 'PRECONDITION_FAILED', 'lacks a service', [
    'Install its package, or correct its name.',
  ]),
  connection_timeout: policy(3, 5_000, 3, 'high', 'TIMEOUT', 'did not answer in time', [
    'Check that the host is up and that no firewall drops the packets.',
  ]),
  connection_lost: policy(3, 5_000, 3, 'high', 'RETRYABLE', 'lost its connection in the middle', [
    'Nothing is started twice: trying again attaches to what runs.',
  ]),
  command_timeout: policy(1, 0, null, 'medium', 'TIMEOUT', 'was given a command that took longer than its limit', [
    'Raise the limit, or see why the command is slow.',
  ]),
  permission_denied: policy(0, 0, null, 'medium', 'PRECONDITION_FAILED', 'denied permission', [
    'Check ownership, sudo rules, and SELinux or AppArmor.',
  ]),
  command_not_found: policy(0, 0, null, 'medium', 'PRECONDITION_FAILED', 'lacks a command', [
    'Install the package that holds it.',
  ]),
  host_key_mismatch: policy(
    0,
    0,
    1,
    'critical',
    'CONNECTION_FAILED',
    'shows a host key that is not the registered one',
    [
      'If the host was reinstalled, compare the fingerprint on its console and pin the new key.',
      'If not, somebody may be in between: do not pin it.',
    ],
  ),
  unknown: policy(1, 5_000, 2, 'medium', 'COMMAND_FAILED', 'failed in a way that is not known', [
    'Read the details and the output.',
  ]),
}

export const isRetryable = (type: ErrorType): boolean => problemPolicy[type].maxRetries > 0

/** How long to wait before retry number `retry` (from 1). */
export const retryDelayMs = (type: ErrorType, retry: number): number =>
  Math.round(problemPolicy[type].baseDelayMs * problemPolicy[type].backoff ** (retry - 1))

type Limit = { readonly baseMs: number; readonly maximumMs: number; readonly multiplier: number }

/** Limits of commands by kind (spec ERR-3); packages and general are ours. */
export const commandLimits: Record<CommandCategory, Limit> = {
  system: { baseMs: 10_000, maximumMs: 30_000, multiplier: 1.2 },
  containers: { baseMs: 20_000, maximumMs: 60_000, multiplier: 1.5 },
  drives: { baseMs: 45_000, maximumMs: 120_000, multiplier: 1.3 },
  files: { baseMs: 15_000, maximumMs: 45_000, multiplier: 1.4 },
  packages: { baseMs: 600_000, maximumMs: 1_800_000, multiplier: 1.5 },
  general: { baseMs: 30_000, maximumMs: 120_000, multiplier: 1.5 },
}

/** The limit of a command of a kind at try `attempt` (from 1): grows with each, up to the kind's maximum. */
export const limitMs = (category: CommandCategory, attempt = 1): number => {
  const { baseMs, maximumMs, multiplier } = commandLimits[category]
  return Math.min(maximumMs, Math.round(baseMs * multiplier ** (attempt - 1)))
}
