import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import type { Settings } from '../schema/settings.ts'
import { authMethodsOf } from './credentials.ts'
import { logIn, openSocket } from './dial.ts'
import { SshError } from './error.ts'
import { judgeHostKey } from './host-key.ts'
import type { ResolvedJump } from './types.ts'

/** How the bytes get to a host. */
export type Route = {
  readonly socket: Duplex
  /** Closes the TCP connection under it all at once, asking nobody. */
  cut(): void
  end(): Promise<void>
}

/** A byte stream to the host: plain TCP, or a channel forwarded by the jump host, whose key is verified like any other. */
export async function openRoute(o: {
  host: string
  hostname: string
  port: number
  jump?: ResolvedJump
  settings: Settings['ssh']
}): Promise<Route> {
  const timeoutMs = o.settings.connectTimeoutMs
  if (!o.jump) {
    const socket = await openSocket({ host: o.host, hostname: o.hostname, port: o.port, timeoutMs })
    const cut = () => void socket.destroy()
    return { socket, cut, end: () => Promise.resolve(cut()) }
  }
  const { jump } = o
  const host = `${o.host} (by jump host ${jump.hostname})`
  const methods = authMethodsOf(host, jump.login)
  const known = jump.hostKey ? [jump.hostKey] : []
  const socket = await openSocket({ host, hostname: jump.hostname, port: jump.port, timeoutMs })
  const client = await logIn({
    host,
    socket,
    user: jump.login.user,
    methods,
    known,
    judge: (presented) => judgeHostKey({ presented, known, policy: 'registered_only' }) === 'known',
    timeoutMs,
    keepAlive: { intervalMs: o.settings.keepAliveMs, count: o.settings.keepAliveCount },
  })
  const closed = whenClosed(client)
  const cut = () => void socket.destroy()
  const end = () => endClient(client, cut, closed)
  try {
    return { socket: await forward(client, host, o.hostname, o.port, timeoutMs), cut, end }
  } catch (error) {
    await end()
    throw error
  }
}

function forward(client: Client, host: string, hostname: string, port: number, timeoutMs: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const fail = (type: 'connection_timeout' | 'host_unreachable', why: string, cause?: unknown) => {
      clearTimeout(timer)
      reject(
        new SshError({ type, host, because: `the jump host cannot reach ${hostname} port ${port}: ${why}`, cause }),
      )
    }
    const timer = setTimeout(() => fail('connection_timeout', `no answer within ${timeoutMs} ms`), timeoutMs)
    client.forwardOut('127.0.0.1', 0, hostname, port, (error, channel) => {
      if (error) return fail('host_unreachable', error.message, error)
      clearTimeout(timer)
      resolve(channel)
    })
  })
}

/** Resolves with the reason when a connection is gone. */
export function whenClosed(client: Client): Promise<string> {
  return new Promise((resolve) => {
    let because = 'ended'
    client.on('error', (error) => {
      because = error.message
    })
    client.once('close', () => resolve(because))
  })
}

/** Says goodbye and waits until the socket is closed. */
export async function endClient(client: Client, cut: () => void, closed: Promise<unknown>): Promise<void> {
  client.end()
  // A peer that is gone never answers the goodbye, and ssh2's own destroy() does nothing after end().
  const giveUp = setTimeout(cut, 1_000)
  await closed
  clearTimeout(giveUp)
}
