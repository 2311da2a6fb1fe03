import { z } from 'zod'
import { Id } from './identity.ts'
import { type Login, Server } from './server.ts'

/** What is wrong, doubtful or worth doing about a server's record (spec API-16, INV-6). */
export const ConfigurationValidation = z.object({
  serverId: Id,
  valid: z.boolean(),
  issues: z.array(z.string()),
  warnings: z.array(z.string()),
  suggestions: z.array(z.string()),
  /** 100 less 25 for each issue and 5 for each warning, never below 0. */
  score: z.int().min(0).max(100),
  at: z.iso.datetime(),
})
export type ConfigurationValidation = z.infer<typeof ConfigurationValidation>

type Findings = Pick<ConfigurationValidation, 'issues' | 'warnings' | 'suggestions'>

/** Checks a server's record by itself and in its parts against each other; asks no host. */
export function validateConfiguration(server: Server, at: Date): ConfigurationValidation {
  const found = [fields, flags, logins, hostKeys].map((check) => check(server))
  const issues = found.flatMap((part) => part.issues ?? [])
  const warnings = found.flatMap((part) => part.warnings ?? [])
  return {
    serverId: server.id,
    valid: issues.length === 0,
    issues,
    warnings,
    suggestions: found.flatMap((part) => part.suggestions ?? []),
    score: Math.max(0, 100 - 25 * issues.length - 5 * warnings.length),
    at: at.toISOString(),
  }
}

/** Host, port and user names by the schema: rows may be older than its rules. */
function fields(server: Server): Partial<Findings> {
  const checked = Server.pick({ hostname: true, port: true, alternatePort: true, root: true, app: true }).safeParse(
    server,
  )
  return {
    issues: checked.success ? [] : checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
  }
}

function flags({ setupComplete, securityLocked }: Server): Partial<Findings> {
  const issues = securityLocked && !setupComplete ? ['The server is locked but not set up.'] : []
  const next = [
    ...(setupComplete ? [] : ['Run setup.']),
    ...(setupComplete && !securityLocked ? ['Lock the server down; until then it is not ready for deployments.'] : []),
  ]
  return { issues, suggestions: next }
}

function logins({ root, app, securityLocked, environment }: Server): Partial<Findings> {
  const byPassword = (['root', 'app'] as const).filter(
    (which) => ({ root, app })[which].authentication.method === 'password',
  )
  const issues = [
    ...(app.user === 'root' ? ['The application user is root; it must be a user of its own.'] : []),
    ...(app.user === root.user && app.user !== 'root'
      ? [`Root log-in and application user are both ${app.user}.`]
      : []),
    ...(securityLocked
      ? byPassword.map((which) => `The server is locked, but its ${which} log-in uses a password.`)
      : []),
  ]
  const warnings = securityLocked ? [] : byPassword.map((which) => `The ${which} log-in uses a password.`)
  const unpinned = [root, app].some(isUnpinned) && environment === 'production'
  return {
    issues,
    warnings: [
      ...warnings,
      ...(unpinned ? ['A log-in reads its key outside the secret store; it can change unseen.'] : []),
    ],
    suggestions: byPassword.length > 0 ? ['Use a key or an agent instead of a password.'] : [],
  }
}

const isUnpinned = ({ authentication }: Login): boolean =>
  authentication.method === 'key' && authentication.key.kind !== 'stored'

function hostKeys({ hostKeys: pinned, jump }: Server): Partial<Findings> {
  return {
    warnings: [
      ...(pinned.length === 0 ? ['No host key is pinned: who answers there cannot be told.'] : []),
      ...(jump && !jump.hostKey ? ['The host key of the jump host is not pinned.'] : []),
    ],
    suggestions:
      pinned.length === 0 ? ['Pin the host key; PUT …/host-key with the fingerprint shown on the host itself.'] : [],
  }
}
