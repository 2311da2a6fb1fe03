import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { transfersFolder } from '../schema/folders.ts'
import type { UploadSettings } from '../schema/transfer.ts'
import type { Deps } from './deps.ts'
import { detached, preconditionFailed } from './failures.ts'

/** Where files lie between the API and a worker. */
export const placeOfDownload = (deps: Deps, operationId: string): string =>
  join(transfersFolder(deps.settings, deps.env), 'downloads', operationId)

/** A file that is to be sent. */
export const placeOfSource = (deps: Deps, operationId: string, source: UploadSettings['source']): string =>
  source.kind === 'upload'
    ? join(transfersFolder(deps.settings, deps.env), 'uploads', source.id)
    : join(transfersFolder(deps.settings, deps.env), 'fetched', operationId)

/** What was packed of a directory for one server. */
export const placeOfPacked = (deps: Deps, operationId: string): string =>
  join(transfersFolder(deps.settings, deps.env), 'fetched', operationId)

export const sizeOf = async (path: string): Promise<number | null> => {
  const found = await stat(path).catch(() => null)
  return found?.isFile() === true ? found.size : null
}

/** How many bytes there are to be sent; fetches them first where they lie elsewhere. */
export async function ensureSource(
  deps: Deps,
  operationId: string,
  source: UploadSettings['source'],
  signal: AbortSignal,
): Promise<number> {
  const path = placeOfSource(deps, operationId, source)
  const here = await sizeOf(path)
  if (source.kind === 'upload') {
    if (here === source.bytes) return here
    throw preconditionFailed(
      `The file of upload ${source.id} is not at ${path}, where this worker looks for it.`,
      'Upload it again; where the API runs on another machine, let transfers.folder be a directory that both share.',
    )
  }
  return here ?? fetchSource(deps, { url: source.url, sha256: source.sha256, path, signal })
}

async function fetchSource(
  deps: Deps,
  o: { url: string; sha256: string; path: string; signal: AbortSignal },
): Promise<number> {
  const { host } = new URL(o.url)
  const response = await fetch(o.url, { signal: o.signal }).catch((error: unknown) => {
    if (o.signal.aborted) throw detached()
    throw sourceAway(host, error)
  })
  if (!response.ok || response.body === null || !response.url.startsWith('https:'))
    throw preconditionFailed(`${host} answered ${response.status} and no file by HTTPS.`, 'Look at the address.')
  const part = `${o.path}.part`
  await mkdir(dirname(part), { recursive: true, mode: 0o700 })
  const hash = createHash('sha256')
  const { maxBytes } = deps.settings.transfers
  let bytes = 0
  async function* counted(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      bytes += chunk.length
      if (bytes > maxBytes)
        throw preconditionFailed(`The file is larger than ${maxBytes} bytes.`, 'Raise transfers.maxBytes.')
      hash.update(chunk)
      yield chunk
    }
  }
  try {
    await pipeline(Readable.fromWeb(response.body), counted, createWriteStream(part, { mode: 0o600 }))
    if (hash.digest('hex') !== o.sha256)
      throw preconditionFailed(
        `What ${host} sent has another SHA-256 than was asked for.`,
        'Look at the address and the sum.',
      )
    await rename(part, o.path)
    return bytes
  } catch (error) {
    if (o.signal.aborted) throw detached()
    throw error instanceof ApplicationFailure ? error : sourceAway(host, error)
  } finally {
    await rm(part, { force: true })
  }
}

const mostAttempts = 5

/** A web server that does not answer is asked again a few times. */
function sourceAway(host: string, error: unknown): Error {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const why = cause instanceof Error ? cause.message : String(cause)
  if (Context.current().info.attempt >= mostAttempts)
    return preconditionFailed(`${host} cannot be read from: ${why}.`, 'Look at the address.')
  return ApplicationFailure.create({ message: `${host} cannot be read from: ${why}.`, type: 'SourceAway' })
}

/** SHA-256 of the first bytes of a file of this machine. */
export async function hashOf(path: string, bytes: number): Promise<string> {
  const hash = createHash('sha256')
  if (bytes > 0)
    for await (const chunk of createReadStream(path, { end: bytes - 1, highWaterMark: 1_048_576 })) hash.update(chunk)
  return hash.digest('hex')
}

export async function roomAt(path: string): Promise<number> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

export async function removeSource(deps: Deps, operationId: string, source: UploadSettings['source']): Promise<void> {
  const place = placeOfSource(deps, operationId, source)
  const all = [place, `${place}.json`, placeOfPacked(deps, operationId)]
  await Promise.all(all.map((path) => rm(path, { force: true })))
}
