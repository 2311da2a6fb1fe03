import { prerequisitesOf, type Seen } from '../plans/prerequisites.ts'
import { problemPolicy } from '../schema/problem-policy.ts'
import type { Prerequisites } from '../schema/prerequisites.ts'
import type { Server } from '../schema/server.ts'
import type { PrerequisitesInput } from '../schema/start.ts'
import { SshError } from '../ssh/index.ts'
import type { Deps } from './deps.ts'
import { lookForDeployment } from './deployment-situation.ts'
import { withHeartbeat } from './heartbeat.ts'
import { loadServer } from './operations.ts'
import { targetFor } from './targets.ts'

export const prerequisiteActivities = (deps: Deps) => ({
  /** Whether a deployment would be begun now: everything that it needs is looked at, and nothing is changed (spec DEPLOY-7). */
  async checkPrerequisites({ server: ref, application, running }: PrerequisitesInput): Promise<Prerequisites> {
    return withHeartbeat(async (signal) => {
      const server = await loadServer(deps, ref)
      const login = server.setupComplete ? await tryLogin(deps, server) : null
      const found = login?.hasSudo === true ? await look(deps, { server, application, signal }) : null
      return prerequisitesOf({
        application: application.name,
        server,
        running,
        login: found instanceof SshError ? loginThat(found) : login,
        busy: found === null || found instanceof SshError ? [] : found.busy,
        situation: found === null || found instanceof SshError ? null : found.situation,
        at: new Date().toISOString(),
      })
    })
  },
})

async function tryLogin(deps: Deps, server: Server): Promise<Seen['login']> {
  const target = await targetFor(deps, server, 'app', { appExists: true })
  const test = await deps.ssh.testLogin(target, { fresh: true, sudo: true })
  const type = test.errorType ?? 'permission_denied'
  return {
    works: test.success || test.sudo === false,
    hasSudo: test.sudo === true,
    because: `${server.app.user} on ${server.name}: ${test.message ?? (test.sudo === false ? 'sudo refused' : 'it works')}.`,
    next: problemPolicy[type].suggestions.join(' ') || `Look closer: \`drydock server test ${server.name}\`.`,
  }
}

/** A host that goes away between the log-in and the look is told as such, and not as a failure of ours. */
const look = async (deps: Deps, o: Omit<Parameters<typeof lookForDeployment>[1], 'operation'>) => {
  try {
    return await lookForDeployment(deps, { ...o, operation: null })
  } catch (error) {
    if (error instanceof SshError) return error
    throw error
  }
}

const loginThat = ({ because, type }: SshError): Seen['login'] => ({
  works: false,
  hasSudo: false,
  because: `The connection broke: ${because}.`,
  next: problemPolicy[type].suggestions.join(' '),
})
