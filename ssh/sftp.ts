import type { SFTPWrapper } from 'ssh2'
import { ChannelRefused } from './channel.ts'
import { classifyConnectionError } from './classify.ts'
import { SshError } from './error.ts'
import type { Link } from './link.ts'

/** The host gives log-ins no file transfer protocol: bytes go through a command instead. */
export class NoSftp extends Error {
  override readonly name = 'NoSftp'
}

/** One open file of a host, by one channel of its own. */
export type RemoteFile = {
  /** Answers how many bytes there were: 0 at the end of the file. */
  read(into: Buffer, length: number, at: number): Promise<number>
  write(from: Buffer, length: number, at: number): Promise<void>
  close(): void
}

type Where = { readonly host: string; readonly path: string; readonly flags: 'r' | 'r+'; readonly timeoutMs: number }

/** Opens a channel for file transfer on a connection, and one file by it. */
export async function openRemoteFile(link: Link, o: Where): Promise<RemoteFile> {
  const sftp = await openSftp(link, o)
  try {
    const handle = await answered<Buffer>(o, 'open', (done) => sftp.open(o.path, o.flags, done))
    return fileBy(sftp, handle, o)
  } catch (error) {
    sftp.end()
    throw error
  }
}

function openSftp(link: Link, { host, timeoutMs }: Where): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      const because = `the host began no file transfer within ${timeoutMs} ms`
      reject(new SshError({ type: 'connection_timeout', host, because }))
    }, timeoutMs)
    const fail = (cause: Error) => {
      clearTimeout(timer)
      reject(whyNot(host, cause))
    }
    try {
      link.client.sftp((error, sftp) => {
        if (error) return fail(error)
        clearTimeout(timer)
        // Without a listener its end would be an error of the whole process.
        sftp.on('error', () => undefined)
        if (late) return sftp.end()
        resolve(sftp)
      })
    } catch (error) {
      // ssh2 throws where the socket is closed already.
      fail(error instanceof Error ? error : new Error(String(error)))
    }
  })
}

function whyNot(host: string, cause: Error): Error {
  if (/channel open failure/i.test(cause.message)) return new ChannelRefused(cause.message)
  if (/subsystem|while establishing SFTP|unexpected SFTP/i.test(cause.message)) return new NoSftp(cause.message)
  return new SshError({ type: classifyConnectionError(cause), host, because: cause.message, cause })
}

function fileBy(sftp: SFTPWrapper, handle: Buffer, o: Where): RemoteFile {
  return {
    read: (into, length, at) =>
      answered<number>(o, 'read', (done) => sftp.read(handle, into, 0, length, at, done)).catch((error: unknown) => {
        if (error instanceof EndOfFile) return 0
        throw error
      }),
    write: (from, length, at) => answered<void>(o, 'write', (done) => sftp.write(handle, from, 0, length, at, done)),
    close() {
      sftp.close(handle, () => sftp.end())
    },
  }
}

class EndOfFile extends Error {}

type Done<T> = (error: Error | null | undefined, value?: T) => void

function answered<T>({ host, path }: Where, what: string, ask: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    ask((error, value) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a callback without an error has its value, or there is none to have
      if (error === undefined || error === null) resolve(value as T)
      else reject(failureOf(error, host, `${what} ${path}`))
    })
  })
}

/** The numbers of the protocol: 1 is the end of a file, 2 no such file, 3 permission denied, 4 any other failure. */
function failureOf(cause: Error, host: string, what: string): Error {
  const code = 'code' in cause ? cause.code : undefined
  switch (code) {
    case 1:
      return new EndOfFile(cause.message)
    case 2:
      return new SshError({ type: 'unknown', host, because: `cannot ${what}: there is no such file`, cause })
    case 3:
      return new SshError({ type: 'permission_denied', host, because: `cannot ${what}: permission denied`, cause })
    case 4:
      return new SshError({ type: 'disk_full', host, because: `cannot ${what}: the host says only "failure"`, cause })
    default:
      return new SshError({ type: 'connection_lost', host, because: `cannot ${what}: ${cause.message}`, cause })
  }
}
