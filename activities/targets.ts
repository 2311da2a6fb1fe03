import type { RunAs } from '../schema/command.ts'
import type { OperationKind } from '../schema/operation.ts'
import type { Plan } from '../schema/plan.ts'
import type { Authentication, JumpHost, Login, Server } from '../schema/server.ts'
import { chooseIdentity, type LoginSecret, type ResolvedJump, type ResolvedLogin, type Target } from '../ssh/index.ts'
import { publicKeysOf } from '../ssh/public-key.ts'
import type { Deps } from './deps.ts'
import { credentialFailure } from './failures.ts'
import { resolveSecret } from './secrets.ts'

/**
 * A server as `ssh/` wants it: address, pinned keys and the resolved log-in for this kind of work. Setup logs in as a
 * user whom it has just made: `appExists` says so before the flag does.
 */
export async function targetFor(
  deps: Deps,
  server: Server,
  as: RunAs,
  o: { appExists?: boolean; throughApp?: boolean } = {},
): Promise<Target> {
  const identity = chooseIdentity({
    locked: server.securityLocked || o.throughApp === true,
    setupComplete: server.setupComplete || o.appExists === true,
    as,
  })
  const [login, jump] = await Promise.all([
    resolveLogin(deps, server[identity.login]),
    server.jump === undefined ? undefined : resolveJump(deps, server.jump),
  ])
  return {
    serverId: server.id,
    name: server.name,
    hostname: server.hostname,
    port: server.port,
    alternatePort: server.alternatePort,
    lastKnownIp: server.lastKnownIp,
    hostKeys: server.hostKeys,
    hostKeyPolicy: deps.settings.ssh.hostKeys,
    locked: server.securityLocked,
    login,
    ...(jump === undefined ? {} : { jump }),
  }
}

/** Such work never depends on root's log-in, which it may cut, or which is cut already. */
export const mayCutAccess = (
  plan: Pick<Plan, 'autoRevert'> | null,
  operation?: { readonly kind: OperationKind },
): boolean => plan?.autoRevert !== undefined || operation?.kind === 'lockdown'

/** What the application user's log-in will offer, as lines of authorized_keys. */
export const ownPublicKeys = async (deps: Deps, server: Server): Promise<string[]> =>
  publicKeysOf(server.name, await resolveLogin(deps, server.app))

export async function resolveJump(deps: Deps, jump: JumpHost): Promise<ResolvedJump> {
  return {
    hostname: jump.hostname,
    port: jump.port,
    login: await resolveLogin(deps, jump.login),
    ...(jump.hostKey === undefined ? {} : { hostKey: jump.hostKey }),
  }
}

async function resolveLogin(deps: Deps, login: Login): Promise<ResolvedLogin> {
  const [secret, sudoPassword] = await Promise.all([
    resolveAuthentication(deps, login.authentication),
    login.sudoPassword === undefined ? undefined : resolveSecret(deps, login.sudoPassword),
  ])
  return { user: login.user, secret, ...(sudoPassword === undefined ? {} : { sudoPassword }) }
}

async function resolveAuthentication(deps: Deps, authentication: Authentication): Promise<LoginSecret> {
  switch (authentication.method) {
    case 'key': {
      const privateKey = await resolveSecret(deps, authentication.key)
      const passphrase =
        authentication.passphrase === undefined ? undefined : await resolveSecret(deps, authentication.passphrase)
      return { method: 'key', privateKey, ...(passphrase === undefined ? {} : { passphrase }) }
    }
    case 'agent': {
      const socket = authentication.socket ?? deps.env.SSH_AUTH_SOCK
      if (socket === undefined)
        throw credentialFailure(
          'No SSH agent: SSH_AUTH_SOCK is not set where the worker runs.',
          'Start an agent, or use a key.',
        )
      return { method: 'agent', socket }
    }
    case 'password':
      return { method: 'password', password: await resolveSecret(deps, authentication.password) }
    default:
      return authentication satisfies never
  }
}
