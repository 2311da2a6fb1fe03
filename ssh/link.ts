import { randomUUID } from 'node:crypto'
import type { Client } from 'ssh2'
import type { HostKey } from '../schema/server.ts'
import type { Settings } from '../schema/settings.ts'
import { authMethodsOf } from './credentials.ts'
import { logIn } from './dial.ts'
import { SshError } from './error.ts'
import { judgeHostKey } from './host-key.ts'
import { assertMayContact } from './identity.ts'
import { endClient, openRoute, type Route, whenClosed } from './route.ts'
import { scanHostKeys } from './scan.ts'
import { createShells, type Shells } from './standing-shell.ts'
import type { Target } from './types.ts'

/** A logged-in connection, and the one to its jump host if there is one: they live and end together. */
export type Link = {
  readonly id: string
  readonly client: Client
  readonly shells: Shells
  /** Resolves with the reason when the connection is gone, whoever ended it. */
  readonly closed: Promise<string>
  isOpen(): boolean
  /** Ends it and waits until its sockets are closed. */
  end(): Promise<void>
}

export type LinkOptions = {
  readonly settings: Settings['ssh']
  /** Host keys met on first contact, by server: a second connection must see the same. */
  readonly learned: Map<string, HostKey>
  readonly onLearned: (serverId: string, key: HostKey) => void
}

/** Dials a server: its name, then what is configured to be tried where that fails (spec SSH-15, ERR-1). */
export async function connect(target: Target, o: LinkOptions): Promise<Link> {
  assertMayContact(target)
  try {
    return await connectTo(target, target.hostname, target.port, o)
  } catch (error) {
    const other = otherAddress(target, error)
    if (!other) throw error
    return await connectTo(target, other.hostname, other.port, o)
  }
}

function otherAddress(target: Target, error: unknown): { hostname: string; port: number } | null {
  if (!(error instanceof SshError)) return null
  if (error.type === 'dns_resolution_failed' && target.lastKnownIp) {
    return { hostname: target.lastKnownIp, port: target.port }
  }
  if (target.alternatePort && (error.type === 'connection_refused' || error.type === 'connection_timeout')) {
    return { hostname: target.hostname, port: target.alternatePort }
  }
  return null
}

async function connectTo(target: Target, hostname: string, port: number, o: LinkOptions): Promise<Link> {
  const methods = authMethodsOf(target.name, target.login)
  const timeoutMs = o.settings.connectTimeoutMs
  const route = await openRoute({ host: target.name, hostname, port, jump: target.jump, settings: o.settings })
  const learnedKey = o.learned.get(target.serverId)
  const known = target.hostKeys.length === 0 && learnedKey ? [learnedKey] : target.hostKeys
  try {
    const client = await logIn({
      host: target.name,
      socket: route.socket,
      user: target.login.user,
      methods,
      known,
      judge: (presented) => {
        const verdict = judgeHostKey({ presented, known, policy: target.hostKeyPolicy })
        if (verdict === 'learned') {
          o.learned.set(target.serverId, presented)
          o.onLearned(target.serverId, presented)
        }
        return verdict !== 'refused'
      },
      timeoutMs,
      keepAlive: { intervalMs: o.settings.keepAliveMs, count: o.settings.keepAliveCount },
    })
    return linkOf(client, route)
  } catch (error) {
    await route.end()
    throw await withFingerprints(error, target, hostname, port, o)
  }
}

async function scanQuietly(at: Parameters<typeof scanHostKeys>[0]): Promise<HostKey[]> {
  try {
    return await scanHostKeys(at)
  } catch {
    // The mismatch is the news; a scan that fails only leaves out a fingerprint.
    return []
  }
}

/** Where the host has no key of a registered type at all, a scan finds the fingerprint to show beside the registered one. */
async function withFingerprints(error: unknown, target: Target, hostname: string, port: number, o: LinkOptions) {
  if (!(error instanceof SshError) || error.type !== 'host_key_mismatch') return error
  if (!error.because.includes('no key of a registered type')) return error
  const scanned = await scanQuietly({ hostname, port, jump: target.jump, settings: o.settings })
  if (scanned.length === 0) return error
  const found = scanned.map((key) => `${key.fingerprint} (${key.type})`).join(', ')
  return new SshError({
    type: 'host_key_mismatch',
    host: target.name,
    because: error.because.replace('no key of a registered type', found),
    cause: error,
  })
}

function linkOf(client: Client, route: Route): Link {
  let open = true
  const closed = whenClosed(client).then(async (because) => {
    open = false
    await route.end()
    return because
  })
  return {
    id: randomUUID().slice(0, 8),
    client,
    shells: createShells(),
    closed,
    isOpen: () => open,
    end: () => endClient(client, () => route.cut(), closed),
  }
}
