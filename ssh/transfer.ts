import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { Cleared } from '../schema/run.ts'
import { endOf, goAlong, inShell, withEnd } from './along.ts'
import { openChannel } from './channel.ts'
import { SshError } from './error.ts'
import type { Link } from './link.ts'
import { moveInLanes } from './lanes.ts'
import type { Pool } from './pool.ts'
import { NoSftp } from './sftp.ts'
import type { ReceiveOptions, SendOptions, Target, TransferWay } from './types.ts'

type Limits = { readonly openTimeoutMs: number }

/**
 * Sends a file of this machine from an offset on into a file that is on the host: by SFTP, else by the cleared command,
 * which reads the bytes. What was confirmed is in that file without a gap.
 */
export async function sendFile(
  pool: Pool,
  target: Target,
  cleared: Cleared,
  o: SendOptions & Limits,
): Promise<TransferWay> {
  assertNames(target, cleared, o.to)
  const local = await open(o.from)
  const along = o.along === undefined ? null : goAlong(pool, target, o.along, o)
  try {
    await moveInLanes(pool, target, {
      ...o,
      onConfirmed(bytes) {
        along?.tell(bytes)
        o.onConfirmed(bytes)
      },
      path: o.to,
      flags: 'r+',
      from: o.offset,
      total: o.bytes,
      async move(file, { at, length }, buffer) {
        await readWhole(local, buffer, length, at, target.name)
        await file.write(buffer, length, at)
      },
    })
    await along?.end(o.bytes)
    return 'sftp'
  } catch (error) {
    along?.leave()
    if (!(error instanceof NoSftp)) throw error
    await pool.use(target, 'files', ({ link }) => sendByCommand(link, target.name, cleared, local, o))
    return 'command'
  } finally {
    await local.close()
  }
}

/** Fetches a file of a host from an offset on into a file of this machine that is there already. */
export async function receiveFile(
  pool: Pool,
  target: Target,
  cleared: Cleared,
  o: ReceiveOptions & Limits,
): Promise<TransferWay> {
  assertNames(target, cleared, o.from)
  const local = await open(o.to, 'r+')
  try {
    await moveInLanes(pool, target, {
      ...o,
      path: o.from,
      flags: 'r',
      from: o.offset,
      total: o.bytes,
      async move(file, { at, length }, buffer) {
        for (let got = 0; got < length; ) {
          const more = await file.read(buffer.subarray(got), length - got, at + got)
          if (more === 0) throw changed(target.name, o.from)
          got += more
        }
        await local.write(buffer, 0, length, at)
      },
    })
    return 'sftp'
  } catch (error) {
    if (!(error instanceof NoSftp)) throw error
    await pool.use(target, 'files', ({ link }) => receiveByCommand(link, target.name, cleared, local, o))
    return 'command'
  } finally {
    await local.close()
  }
}

const changed = (host: string, path: string): SshError =>
  new SshError({ type: 'temporary_failure', host, because: `${path} became shorter while it was read` })

/** The guard has let through a command about this file, and no other. */
function assertNames(target: Target, { command }: Cleared, path: string): void {
  if (command.script.includes(`'${path.replaceAll("'", `'\\''`)}'`)) return
  const because = `the guard has let through no command that names ${path}`
  throw new SshError({ type: 'permission_denied', host: target.name, because })
}

async function readWhole(local: FileHandle, buffer: Buffer, length: number, at: number, host: string): Promise<void> {
  for (let got = 0; got < length; ) {
    const { bytesRead } = await local.read(buffer, got, length - got, at + got)
    if (bytesRead === 0) throw changed(host, 'the file that is sent')
    got += bytesRead
  }
}

async function sendByCommand(link: Link, host: string, cleared: Cleared, local: FileHandle, o: SendOptions & Limits) {
  const channel = await openChannel(link, host, inShell(cleared.command.script), o.openTimeoutMs)
  const end = endOf(channel, host)
  channel.resume()
  const source = local.createReadStream({ start: o.offset, end: o.bytes - 1, highWaterMark: 262_144, autoClose: false })
  let sent = o.offset
  source.on('data', (chunk) => o.onConfirmed((sent += chunk.length)))
  await withEnd(channel, o.signal, Promise.all([o.offset < o.bytes ? pipeline(source, channel) : channel.end(), end]))
}

async function receiveByCommand(
  link: Link,
  host: string,
  cleared: Cleared,
  local: FileHandle,
  o: ReceiveOptions & Limits,
) {
  const channel = await openChannel(link, host, inShell(cleared.command.script), o.openTimeoutMs)
  const end = endOf(channel, host)
  let at = o.offset
  const keep = async (): Promise<void> => {
    for await (const chunk of channel) {
      const bytes = Buffer.from(chunk)
      await local.write(bytes, 0, bytes.length, at)
      o.onConfirmed((at += bytes.length))
    }
  }
  await withEnd(channel, o.signal, Promise.all([keep(), end]))
  if (at !== o.bytes) throw changed(host, o.from)
}
