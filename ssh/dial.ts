import { connect as connectTcp } from 'node:net'
import type { Duplex } from 'node:stream'
import ssh2, { type AnyAuthMethod, type Client } from 'ssh2'
import type { HostKey } from '../schema/server.ts'
import { classifyConnectionError } from './classify.ts'
import { SshError } from './error.ts'
import { algorithmsFor, hostKeyMismatch, hostKeyOf } from './host-key.ts'

/** Opens a TCP connection, with Nagle off (48 ms a command with it, 2.5 without) and TCP keep-alive on. */
export function openSocket(o: { host: string; hostname: string; port: number; timeoutMs: number }): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host: o.hostname, port: o.port, noDelay: true, keepAlive: true })
    const address = `${o.hostname} port ${o.port}`
    const fail = (cause: unknown) => {
      socket.destroy()
      clearTimeout(timer)
      const said = cause instanceof AggregateError ? cause.errors[0] : cause
      const because = said instanceof Error ? said.message : String(said)
      reject(new SshError({ type: classifyConnectionError(cause), host: o.host, because, cause }))
    }
    const timer = setTimeout(() => {
      fail(Object.assign(new Error(`no answer from ${address} within ${o.timeoutMs} ms`), { code: 'ETIMEDOUT' }))
    }, o.timeoutMs)
    socket.once('error', fail)
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.off('error', fail)
      resolve(socket)
    })
  })
}

/** Shakes hands over an open socket and logs in. Whatever key the host shows goes to `judge` before any credential is sent. */
export function logIn(o: {
  host: string
  socket: Duplex
  user: string
  methods: AnyAuthMethod[]
  known: readonly HostKey[]
  judge: (presented: HostKey) => boolean
  timeoutMs: number
  keepAlive: { intervalMs: number; count: number }
}): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client()
    let presented: HostKey | null = null
    let refused = false
    const fail = (cause: Error) => {
      clearTimeout(timer)
      client.off('error', fail).off('close', closed)
      // Errors that come after the first one have nobody left to tell.
      client.on('error', () => undefined)
      client.destroy()
      o.socket.destroy()
      reject(whyNot(cause))
    }
    const whyNot = (cause: Error): SshError => {
      const type = classifyConnectionError(cause)
      if (refused || type === 'host_key_mismatch') return hostKeyMismatch(o.host, presented, o.known)
      const because =
        type === 'authentication_failed' ? `log-in as ${o.user} was refused: ${cause.message}` : cause.message
      return new SshError({ type, host: o.host, because, cause })
    }
    const closed = () => fail(Object.assign(new Error('the host closed the connection'), { code: 'ECONNRESET' }))
    const timer = setTimeout(
      () => fail(Object.assign(new Error(`no log-in within ${o.timeoutMs} ms`), { code: 'ETIMEDOUT' })),
      o.timeoutMs,
    )
    client.on('error', fail).on('close', closed)
    client.once('ready', () => {
      clearTimeout(timer)
      client.off('error', fail).off('close', closed)
      resolve(client)
    })
    const types = algorithmsFor(o.known.map((key) => key.type))
    client.connect({
      sock: o.socket,
      username: o.user,
      authHandler: o.methods,
      hostVerifier: (key: Buffer) => {
        presented = hostKeyOf(key)
        refused = !o.judge(presented)
        return !refused
      },
      ...(types.length > 0 ? { algorithms: { serverHostKey: types } } : {}),
      keepaliveInterval: o.keepAlive.intervalMs,
      keepaliveCountMax: o.keepAlive.count,
      readyTimeout: 0,
    })
    client.setNoDelay(true)
  })
}
