import type { ClientChannel } from 'ssh2'
import { classifyConnectionError } from './classify.ts'
import { SshError } from './error.ts'
import type { Link } from './link.ts'

/** The host gives this connection no further session (MaxSessions): wait, or take another connection. Not a host's failure. */
export class ChannelRefused extends Error {
  override readonly name = 'ChannelRefused'
}

/** Opens a session channel and starts a command on it, within a limit. */
export function openChannel(link: Link, host: string, command: string, timeoutMs: number): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      const because = `the host opened no channel within ${timeoutMs} ms`
      reject(new SshError({ type: 'connection_timeout', host, because }))
    }, timeoutMs)
    const fail = (cause: Error) => {
      clearTimeout(timer)
      if (/channel open failure|unable to exec/i.test(cause.message)) return reject(new ChannelRefused(cause.message))
      reject(new SshError({ type: classifyConnectionError(cause), host, because: cause.message, cause }))
    }
    try {
      link.client.exec(command, (error, channel) => {
        if (error) return fail(error)
        clearTimeout(timer)
        if (late) return channel.close()
        resolve(channel)
      })
    } catch (error) {
      // ssh2 throws where the socket is closed already.
      fail(error instanceof Error ? error : new Error(String(error)))
    }
  })
}
