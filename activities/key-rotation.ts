import { isDeepStrictEqual } from 'node:util'
import { findKeyPlace, parseKeyPlace } from '../commands/authorized-keys.ts'
import { planKeyRotation } from '../plans/key-rotation.ts'
import { isStoredKey, type KeyChange, type KeyRotationSettings } from '../schema/key-rotation.ts'
import type { Authentication, Server, ServerRef } from '../schema/server.ts'
import { type LoginTest, SshError } from '../ssh/index.ts'
import { newPrivateKey } from '../ssh/new-key.ts'
import { publicKeysOf } from '../ssh/public-key.ts'
import type { Operation } from '../store/index.ts'
import { throughApp } from './auto-revert.ts'
import type { Deps } from './deps.ts'
import { asFailure, commandFailed, credentialFailure, preconditionFailed, refusedBeforeChange } from './failures.ts'
import { withHeartbeat } from './heartbeat.ts'
import { onHost } from './lockdown.ts'
import { begin, loadOperation, loadServer } from './operations.ts'
import { planOf, type PlannedWork, storePlan } from './plans.ts'
import { mustBeAskedFor } from './recorded.ts'
import { ownPublicKeys, targetFor } from './targets.ts'

type Request = { operationId: string; server: ServerRef; settings: KeyRotationSettings }
type Change = { operationId: string; server: ServerRef; change: KeyChange }

export const keyRotationActivities = (deps: Deps) => ({
  /** The key to change to, as a reference: prepared by the operator, or made here and sealed before anything else sees it. */
  async prepareNewKey({ operationId, server: ref, settings }: Request): Promise<KeyChange> {
    const [operation, server] = await Promise.all([loadOperation(deps, operationId), loadServer(deps, ref)])
    mustBeAskedFor(operation, { server: ref, settings }, 'key_rotation')
    const from = server.app.authentication
    if (settings.keySecret === undefined && !isStoredKey(from)) throw notOurs(server)
    const to =
      settings.keySecret === undefined ? await makeKey(deps, operation) : await storedKey(deps, settings.keySecret)
    return { from, to: { kind: 'stored', ...to } }
  },

  /** Where the keys of the user lie, then the pure plan of both steps, stored. */
  async planKeyRotation(
    work: Request & { change: KeyChange; previous?: { id: string; hash: string } },
  ): Promise<PlannedWork> {
    const { server } = await begin(deps, { ...work, settings: work.settings }, 'key_rotation')
    if (!isDeepStrictEqual(server.app.authentication, work.change.from)) throw changedMeanwhile(server)
    return planOnHost(deps, work, server, () => ownPublicKeys(deps, loggingInBy(server, byKey(work.change))))
  },

  /** What a rotation would do. A key that is yet to be made is stood for by one that nobody keeps. */
  async previewKeyRotation(work: Request): Promise<PlannedWork> {
    const { server } = await begin(deps, work, 'key_rotation')
    const { keySecret } = work.settings
    const { user, authentication } = server.app
    if (keySecret === undefined && !isStoredKey(authentication)) throw notOurs(server)
    return planOnHost(deps, work, server, async () => {
      if (keySecret === undefined)
        return publicKeysOf(server.name, { user, secret: { method: 'key', privateKey: newPrivateKey() } })
      const to = await storedKey(deps, keySecret)
      return ownPublicKeys(deps, loggingInBy(server, { method: 'key', key: { kind: 'stored', ...to } }))
    })
  },

  /** A fresh log-in with the new key that uses sudo, while the old one still works. */
  async proveNewKey({ server: ref, change }: Change): Promise<void> {
    return withHeartbeat(async () => {
      const server = await loadServer(deps, ref)
      mustGetIn(server, await logInBy(deps, server, byKey(change)))
    })
  },

  /** The registry says the new key from here on, in one statement; an attempt that finds it so leaves it so. */
  async changeKey({ operationId, server: ref, change }: Change): Promise<void> {
    return withHeartbeat(async () => {
      const [operation, server] = await Promise.all([loadOperation(deps, operationId), loadServer(deps, ref)])
      if (operation.endedAt !== null || operation.kind !== 'key_rotation') throw changedMeanwhile(server)
      if (!isDeepStrictEqual(server.app.authentication, byKey(change))) {
        if (!isDeepStrictEqual(server.app.authentication, change.from)) throw changedMeanwhile(server)
        const by = loggingInBy(server, byKey(change))
        if (!(await deps.store.servers.replaceLogins({ id: server.id, seen: server, by })))
          throw changedMeanwhile(server)
      }
      await recordChange(deps, operation, server, change)
    })
  },

  /** Proved again, now that the old key is gone: the new one gets in, the old one does not, and no connection of it stays. */
  async proveOldKeyRefused({ server: ref, change }: Change): Promise<void> {
    return withHeartbeat(async () => {
      const server = await loadServer(deps, ref)
      mustGetIn(server, await logInBy(deps, server, server.app.authentication))
      mustBeRefused(server, await logInBy(deps, server, change.from))
      deps.ssh.evict(server.id, { except: '' })
    })
  },

  /** A key that was made and did not come to be used is nobody's: it goes, unless the registry refers to it. */
  async forgetUnusedKey({ operationId, server: ref, change }: Change): Promise<void> {
    const { name } = change.to
    if (name !== nameOfMade(operationId)) return
    const server = await deps.store.servers.get(ref.id)
    if (server !== null && isDeepStrictEqual(server.app.authentication, byKey(change))) return
    const [use] = await deps.store.secrets.uses([name])
    if (use?.isLogin === false) await deps.store.secrets.remove(name)
  },
})

async function planOnHost(
  deps: Deps,
  work: Request & { previous?: { id: string; hash: string } },
  server: Server,
  newKeys: () => Promise<string[]>,
): Promise<PlannedWork> {
  const [oldKeys, [newKey]] = await withHeartbeat(() =>
    Promise.all([ownPublicKeys(deps, server), newKeys()]).catch((error: unknown) => {
      throw asFailure(error, { server, doing: 'Reading the keys' })
    }),
  )
  const refuse = (because: string, next: string) => refusedBeforeChange(server.name, because, next)
  if (newKey === undefined || oldKeys.some((key) => blobOf(key) === blobOf(newKey)))
    throw refuse('the new key is the old one.', 'Name a secret with another key, or none to have one made.')
  if (oldKeys.length !== 1)
    throw refuse(
      `its agent offers ${oldKeys.length} keys, of which nobody can tell which one is to go.`,
      'Let the agent hold the one key that is to be replaced.',
    )
  const plan = await onHost(deps, work, server, async (askHost) => {
    const { user } = server.app
    const place = parseKeyPlace((await askHost(findKeyPlace(user))).stdout)
    if (place === null) throw refuse(`it does not know the user ${user}.`, `Run drydock setup ${server.name} again.`)
    const account = { user, ...place }
    const { operationId } = work
    const draft = planKeyRotation({ operationId, server: server.name, account, newKey, oldKeys })
    return planOf(operationId, server, draft)
  })
  return storePlan(deps, { plan, server, previous: work.previous })
}

const nameOfMade = (operationId: string): string => `app-key-${operationId}`

/** An attempt that died after it had stored its key is followed by one that finds it. */
async function makeKey(deps: Deps, { id, requestedBy }: Operation): Promise<{ name: string; version: number }> {
  const name = nameOfMade(id)
  const made = await deps.store.secrets.reveal({ name, version: 1 })
  if (made !== null) return { name, version: made.version }
  const value = newPrivateKey()
  deps.rememberSecret(value)
  return deps.store.secrets.put({ name, value, actor: requestedBy })
}

/** The version that is proved is the one that is referred to from then on. */
async function storedKey(deps: Deps, name: string): Promise<{ name: string; version: number }> {
  const found = await deps.store.secrets.reveal({ name })
  if (found === null)
    throw credentialFailure(`There is no secret "${name}".`, `Store it with "drydock secret set ${name}".`)
  deps.rememberSecret(found.value)
  return { name, version: found.version }
}

const byKey = ({ to }: KeyChange): Authentication => ({ method: 'key', key: to })

/** Root's log-in changes along where it is the same user by the same key, which would be lost to it. */
function loggingInBy(server: Server, authentication: Authentication): Server {
  const { root, app } = server
  const isShared = root.user === app.user && isDeepStrictEqual(root.authentication, app.authentication)
  return { ...server, app: { ...app, authentication }, root: isShared ? { ...root, authentication } : root }
}

async function logInBy(deps: Deps, server: Server, authentication: Authentication): Promise<LoginTest> {
  const target = await targetFor(deps, loggingInBy(server, authentication), 'app', throughApp)
  return deps.ssh.testLogin(target, { fresh: true, sudo: true })
}

function mustGetIn(server: Server, test: LoginTest): void {
  if (test.success && test.sudo === true) return
  const because = test.message ?? 'it failed'
  if (test.errorType !== null && test.sudo !== false)
    throw asFailure(new SshError({ type: test.errorType, host: server.name, because }), {
      server,
      doing: `Logging in as ${server.app.user} with the new key`,
    })
  throw commandFailed({
    title: `Log in as ${server.app.user} with the new key and use sudo`,
    server: server.name,
    type: test.errorType ?? 'permission_denied',
    because: `sudo refused: ${because}.`,
    tail: '',
  })
}

function mustBeRefused(server: Server, test: LoginTest): void {
  if (test.errorType === 'authentication_failed' && test.sudo !== false) return
  const title = `See the old key of ${server.app.user} refused`
  if (test.success || test.sudo !== null)
    throw commandFailed({
      title,
      server: server.name,
      type: 'unknown',
      because:
        'it still gets in. The new key is in the registry; look where else sshd finds keys (AuthorizedKeysFile).',
      tail: '',
    })
  const because = test.message ?? 'it failed'
  throw asFailure(new SshError({ type: test.errorType ?? 'unknown', host: server.name, because }), {
    server,
    doing: title,
  })
}

const recordChange = (deps: Deps, operation: Operation, server: Server, { from, to }: KeyChange): Promise<void> =>
  deps.store.audit.record({
    action: 'key_rotation.change',
    actor: operation.requestedBy,
    success: true,
    serverId: server.id,
    operationId: operation.id,
    correlationId: operation.correlationId,
    security: true,
    parameters: { user: server.app.user, from, to },
  })

const blobOf = (line: string): string => line.split(' ')[1] ?? ''

const notOurs = (server: Server) =>
  refusedBeforeChange(
    server.name,
    `the key of ${server.app.user} is not a stored secret, and what lies elsewhere cannot be replaced from here.`,
    'Store the new key with "drydock secret set NAME" and name it: --key-secret NAME.',
  )

const changedMeanwhile = (server: Server) =>
  preconditionFailed(
    `Somebody has changed how ${server.name} is logged in to since the rotation began.`,
    'Look at it, then start again.',
  )
