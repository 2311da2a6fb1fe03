import { describe, expect, test } from 'vitest'
import type { ErrorType } from '../../../schema/problem.ts'
import { classifyCommandFailure, classifyConnectionError } from '../../../ssh/index.ts'

const error = (message: string, more: object = {}) => Object.assign(new Error(message), more)

describe('a connection failure', () => {
  test.each<[Error, ErrorType]>([
    [error('connect ECONNREFUSED 192.0.2.1:22', { code: 'ECONNREFUSED' }), 'connection_refused'],
    [error('getaddrinfo ENOTFOUND x', { code: 'ENOTFOUND' }), 'dns_resolution_failed'],
    [error('getaddrinfo EAI_AGAIN x', { code: 'EAI_AGAIN' }), 'dns_resolution_failed'],
    [error('connect EHOSTUNREACH', { code: 'EHOSTUNREACH' }), 'host_unreachable'],
    [error('connect ENETUNREACH', { code: 'ENETUNREACH' }), 'host_unreachable'],
    [error('connect ETIMEDOUT', { code: 'ETIMEDOUT' }), 'connection_timeout'],
    [error('read ECONNRESET', { code: 'ECONNRESET', level: 'client-socket' }), 'connection_lost'],
    [
      error('All configured authentication methods failed', { level: 'client-authentication' }),
      'authentication_failed',
    ],
    [error('Keepalive timeout', { level: 'client-timeout' }), 'connection_timeout'],
    [error('Failed to connect to agent', { level: 'agent' }), 'key_not_found'],
    [error('Handshake failed: no matching server host key format', { level: 'handshake' }), 'host_key_mismatch'],
    [error('Encrypted private OpenSSH key detected, but no passphrase given'), 'passphrase_required'],
    [error('Not connected'), 'connection_lost'],
    [error('No response from server'), 'connection_lost'],
    [new AggregateError([error('connect ECONNREFUSED ::1:22', { code: 'ECONNREFUSED' })]), 'connection_refused'],
    [error('who knows'), 'unknown'],
  ])('%s', (cause, type) => expect(classifyConnectionError(cause)).toBe(type))
})

describe("a command's failure", () => {
  test.each<[number, string, ErrorType]>([
    [1, 'cp: error writing /a: No space left on device', 'disk_full'],
    [1, 'touch: cannot touch /a: Read-only file system', 'disk_full'],
    [1, 'fork: Cannot allocate memory', 'out_of_memory'],
    [137, '', 'out_of_memory'],
    [100, 'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (apt)', 'resource_busy'],
    [1, 'umount: /mnt: target is busy.', 'resource_busy'],
    [1, "cannot destroy 'tank/a': dataset is busy", 'resource_busy'],
    [254, '-bash: fork: retry: Resource temporarily unavailable', 'system_overload'],
    [1, 'Error response from daemon: container abc is not running', 'container_not_running'],
    [1, 'Error: No such container: web', 'container_not_running'],
    [1, "cannot open 'tank': no such pool", 'zfs_pool_unavailable'],
    [5, 'Failed to restart nginx.service: Unit nginx.service not found.', 'service_not_installed'],
    [4, 'Unit nginx.service could not be found.', 'service_not_installed'],
    [100, "Temporary failure resolving 'deb.debian.org'", 'temporary_failure'],
    [1, 'cat: /etc/shadow: Permission denied', 'permission_denied'],
    [1, 'sudo: a password is required', 'permission_denied'],
    [1, 'pw is not in the sudoers file.', 'permission_denied'],
    [126, '', 'permission_denied'],
    [127, 'sh: 1: htop: not found', 'command_not_found'],
    [1, '', 'unknown'],
  ])('exit %i with %j', (exitCode, stderr, type) => expect(classifyCommandFailure({ exitCode, stderr })).toBe(type))

  test('a time limit is told before anything that was written', () => {
    expect(classifyCommandFailure({ exitCode: 124, stderr: 'Permission denied', timedOut: true })).toBe(
      'command_timeout',
    )
  })
})
