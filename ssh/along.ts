import type { ClientChannel } from 'ssh2'
import type { Cleared } from '../schema/run.ts'
import { openChannel } from './channel.ts'
import { SshError } from './error.ts'
import type { Pool } from './pool.ts'
import type { Target } from './types.ts'

const everyBytes = 8_388_608

type Limits = { readonly openTimeoutMs: number; readonly signal?: AbortSignal | undefined }

/** A command beside a transfer, told how far it is. Its failure costs nothing but what it would have saved. */
export function goAlong(pool: Pool, target: Target, cleared: Cleared, o: Limits) {
  let told = 0
  let last = 0
  const open: ClientChannel[] = []
  const over = new AbortController()
  o.signal?.addEventListener('abort', () => over.abort(), { once: true, signal: over.signal })
  const write = () => {
    if (last > told) open[0]?.write(`${last - told}\n`)
    if (open.length > 0) told = last
  }
  const work = pool.use(target, 'files', async ({ link }) => {
    if (over.signal.aborted) return
    const channel = await openChannel(link, target.name, inShell(cleared.command.script), o.openTimeoutMs)
    const end = endOf(channel, target.name)
    channel.resume()
    open.push(channel)
    await withEnd(channel, over.signal, end)
  })
  const done = work.catch(() => undefined)
  return {
    tell(bytes: number): void {
      last = bytes
      if (last - told >= everyBytes) write()
    },
    async end(bytes: number): Promise<void> {
      const [channel] = open
      // One that has not begun by now has nothing left to save.
      if (channel === undefined) return over.abort()
      last = bytes
      write()
      channel.end('0\nkeep\n')
      await done
    },
    leave: () => over.abort(),
  }
}

/** Every byte as an octal escape: no log-in shell, whichever it is, reads anything into it. */
export const inShell = (script: string): string =>
  `exec sh -c 'eval "$(printf "${[...Buffer.from(script)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}")"'`

/** How the command on a channel ends: anything but success is a failure, told in its own words. */
export function endOf(channel: ClientChannel, host: string): Promise<void> {
  let said = ''
  let code: number | null = null
  channel.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-2_000)))
  channel.on('exit', (status: number | null) => (code = status))
  return new Promise((resolve, reject) => {
    channel.on('close', () => {
      if (code === 0) return resolve()
      const lost = code === null
      const type = lost ? 'connection_lost' : /no space left/i.test(said) ? 'disk_full' : 'unknown'
      const because = lost ? 'the connection ended in the middle of a transfer' : said.trim() || `exit code ${code}`
      reject(new SshError({ type, host, because }))
    })
  })
}

/** Waits for work on a channel, or until nobody wants it any more; closes the channel. */
export async function withEnd(
  channel: ClientChannel,
  signal: AbortSignal | undefined,
  work: Promise<unknown>,
): Promise<void> {
  const stop = new AbortController()
  const detached = new Promise<never>((_, reject) => {
    const abort = () => reject(new DOMException('detached', 'AbortError'))
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort, { once: true, signal: stop.signal })
  })
  work.catch(() => undefined)
  try {
    await Promise.race([work, detached])
  } finally {
    stop.abort()
    channel.close()
  }
}
