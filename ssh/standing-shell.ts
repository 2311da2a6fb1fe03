import type { ClientChannel } from 'ssh2'

/** Shells of one connection that wait on the host for their next program, which costs neither a session nor a log-in shell then. */
export type Shells = {
  /** One that is free, and is the caller's alone from now on. */
  take(): ClientChannel | undefined
  /** Gives it back when its last program has ended and left nothing running. */
  keep(channel: ClientChannel): void
  /** Ends the free ones, where the host has no room for further sessions; false where there is none. */
  makeRoom(): Promise<boolean>
}

/** With the 8 channels that a connection may lend this stays within the 10 sessions that sshd allows by default. */
const most = 2

export function createShells(): Shells {
  const free = new Map<ClientChannel, () => void>()

  function keep(channel: ClientChannel): void {
    if (free.size >= most) return channel.close()
    // Whatever speaks while nobody asked is left over from an earlier program: its words must not get into the next one's.
    const spoil = () => {
      leave()
      channel.on('error', ignore)
      channel.resume()
      channel.stderr.resume()
      channel.close()
    }
    const leave = () => {
      free.delete(channel)
      for (const event of ['close', 'error', 'data']) channel.off(event, spoil)
      channel.stderr.off('data', spoil)
    }
    free.set(channel, leave)
    channel.on('close', spoil).on('error', spoil).on('data', spoil)
    channel.stderr.on('data', spoil)
  }

  return {
    keep,
    take() {
      const channel = [...free.keys()].at(-1)
      if (channel) free.get(channel)?.()
      return channel
    },
    async makeRoom() {
      const ended = [...free.keys()].map((channel) => {
        free.get(channel)?.()
        const closed = new Promise<void>((resolve) => channel.once('close', () => resolve()))
        channel.on('error', ignore)
        channel.resume()
        channel.stderr.resume()
        channel.end()
        return closed
      })
      await Promise.all(ended)
      return ended.length > 0
    },
  }
}

const ignore = (): void => undefined

/**
 * A program as a standing shell runs it: in a process of its own that reads nothing, with a last word on both streams.
 * timeout(1) makes its command a process group: the last word says whether anything of it is left.
 */
export const standingProgram = (nonce: string, program: string): string => `{
( cd 2>/dev/null || cd /
${program}) </dev/null &
wait $!
c=$?
s=free
kill -0 -$! 2>/dev/null && s=left
printf '%s:gone %s %s\\n' ${nonce} $c $s
printf '%s:gone\\n' ${nonce} >&2
}
`
