import type { ConnectionCheck, ConnectionTest } from '../schema/connection-test.ts'
import { problemPolicy } from '../schema/problem-policy.ts'
import type { HostKey, Server, ServerRef } from '../schema/server.ts'
import type { ConnectionTestInput, HostKeyScanInput } from '../schema/start.ts'
import { SshError } from '../ssh/index.ts'
import type { Deps } from './deps.ts'
import { asFailure, commandFailed } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { loadServer } from './operations.ts'
import { resolveJump, targetFor } from './targets.ts'

export const inspectionActivities = (deps: Deps) => ({
  /** The keys a host shows, without a log-in. */
  async scanHostKeys({ hostname, port, jump }: HostKeyScanInput): Promise<HostKey[]> {
    return withHeartbeat(async () => {
      try {
        return await deps.ssh.scanHostKeys({
          hostname,
          port,
          ...(jump === undefined ? {} : { jump: await resolveJump(deps, jump) }),
        })
      } catch (error) {
        throw asFailure(error, { server: { name: hostname, hostname, port }, doing: 'Reading its host keys' })
      }
    })
  },

  /** TCP and host key first, then each log-in that the server's state allows, on a fresh connection (spec API-4). */
  async testConnection({ server: ref }: ConnectionTestInput): Promise<ConnectionTest> {
    return withHeartbeat(async () => {
      const begun = Date.now()
      const server = await loadServer(deps, ref)
      const reach = await checkReach(deps, server)
      const logins = reach.every((check) => check.success) ? await checkLogins(deps, server) : []
      const checks = [...reach, ...logins]
      return {
        ...verdict(server, checks),
        server: { id: server.id, name: server.name },
        hostname: server.hostname,
        port: server.port,
        securityLocked: server.securityLocked,
        checks,
        at: new Date().toISOString(),
        durationMs: Date.now() - begun,
      }
    })
  },

  /** A fresh log-in, not the pooled one, with the new credentials; sudo must answer where the plan gave it. */
  async proveLogin({ server: ref, sudo }: { operationId: string; server: ServerRef; sudo: boolean }): Promise<void> {
    return withHeartbeat(async () => {
      const server = await loadServer(deps, ref)
      const test = await deps.ssh.testLogin(await targetFor(deps, server, 'app', { appExists: true }), {
        fresh: true,
        sudo,
      })
      if (test.success && (!sudo || test.sudo === true)) return
      const because = test.success ? 'the log-in works, but sudo does not.' : (test.message ?? 'the log-in failed.')
      throw commandFailed({
        title: `Log in as ${server.app.user} on a fresh connection`,
        server: server.name,
        type: test.errorType ?? 'permission_denied',
        because,
        tail: '',
      })
    })
  },
})

async function checkReach(deps: Deps, server: Server): Promise<ConnectionCheck[]> {
  const begun = Date.now()
  const check = (type: 'tcp' | 'host_key', error: SshError | null): ConnectionCheck => ({
    type,
    user: null,
    success: error === null,
    durationMs: Date.now() - begun,
    errorType: error?.type ?? null,
    message: error?.because ?? null,
  })
  try {
    const shown = await deps.ssh.scanHostKeys({
      hostname: server.hostname,
      port: server.port,
      ...(server.jump === undefined ? {} : { jump: await resolveJump(deps, server.jump) }),
    })
    const known =
      server.hostKeys.length === 0 ||
      shown.some((key) => server.hostKeys.some((pinned) => pinned.fingerprint === key.fingerprint))
    const mismatch = new SshError({
      type: 'host_key_mismatch',
      host: server.name,
      because: `it shows ${shown.map((key) => key.fingerprint).join(', ')}, registered is ${server.hostKeys.map((key) => key.fingerprint).join(', ')}`,
    })
    return [check('tcp', null), check('host_key', known ? null : mismatch)]
  } catch (error) {
    if (error instanceof SshError) return [check('tcp', error)]
    throw error
  }
}

async function checkLogins(deps: Deps, server: Server): Promise<ConnectionCheck[]> {
  const logins = [...(server.securityLocked ? [] : (['root'] as const)), 'app' as const]
  const found: ConnectionCheck[] = []
  for (const as of logins) {
    const test = await deps.ssh.testLogin(await targetFor(deps, server, as, { appExists: true }), {
      fresh: true,
      sudo: as === 'app' && server.setupComplete,
    })
    found.push({
      type: `${as}_login`,
      user: test.user,
      success: test.success,
      durationMs: test.durationMs,
      errorType: test.errorType,
      message: test.message,
    })
    if (test.sudo !== null)
      found.push({
        type: 'sudo',
        user: test.user,
        success: test.sudo,
        durationMs: test.durationMs,
        errorType: test.sudo ? null : 'permission_denied',
        message: test.sudo ? null : 'sudo refused',
      })
  }
  return found
}

function verdict(
  server: Server,
  checks: readonly ConnectionCheck[],
): Pick<ConnectionTest, 'status' | 'success' | 'recommendations' | 'nextSteps'> {
  // Before setup the application user does not exist, and its refused log-in is as it should be.
  const matters = (check: ConnectionCheck) => server.setupComplete || check.type !== 'app_login'
  const failed = checks.filter((check) => !check.success && matters(check))
  const reached = checks.some((check) => check.type.endsWith('_login') && check.success)
  const recommendations = [
    ...new Set(failed.flatMap((check) => (check.errorType === null ? [] : problemPolicy[check.errorType].suggestions))),
  ]
  const nextSteps = failed.length > 0 ? [] : server.setupComplete ? [] : [`drydock setup ${server.name}`]
  return {
    status: failed.length === 0 ? 'healthy' : reached ? 'degraded' : 'unreachable',
    success: failed.length === 0,
    recommendations,
    nextSteps,
  }
}
