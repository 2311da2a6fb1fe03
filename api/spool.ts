import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { transfersFolder } from '../schema/folders.ts'
import { StoredFile } from '../schema/transfer.ts'
import type { Deps } from './context.ts'
import { Refusal } from './problem.ts'

const Kept = StoredFile.extend({ by: z.string() })
export type Kept = z.infer<typeof Kept>

const folderOf = (deps: Deps, name: 'uploads' | 'downloads' | 'fetched'): string =>
  join(transfersFolder(deps.settings, process.env), name)

/** Takes bytes in as they come, counted and hashed; nothing is left of what is too large or ends too early. */
export async function takeIn(deps: Deps, bytes: AsyncIterable<Uint8Array>, by: string): Promise<Kept> {
  const id = randomUUID()
  const folder = folderOf(deps, 'uploads')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, id)
  const hash = createHash('sha256')
  let size = 0
  const { maxBytes } = deps.settings.transfers
  const { bavail, bsize } = await statfs(folder)
  async function* counted(chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      size += chunk.length
      if (size > maxBytes) throw tooLarge(maxBytes)
      if (size > bavail * bsize) throw noRoom()
      hash.update(chunk)
      yield chunk
    }
  }
  try {
    await pipeline(bytes, counted, createWriteStream(`${path}.part`, { mode: 0o600, highWaterMark: 1_048_576 }))
    const kept = { id, bytes: size, sha256: hash.digest('hex'), by }
    await writeFile(`${path}.json`, JSON.stringify(kept), { mode: 0o600 })
    await rename(`${path}.part`, path)
    return kept
  } catch (error) {
    await rm(`${path}.part`, { force: true })
    throw error
  }
}

export const tooLarge = (maxBytes: number): Refusal =>
  new Refusal(413, 'PAYLOAD_TOO_LARGE', `The file is larger than ${maxBytes} bytes.`, {
    suggestion: 'Send less, or raise transfers.maxBytes.',
  })

const noRoom = (): Refusal =>
  new Refusal(503, 'SERVICE_UNAVAILABLE', 'There is no room for the file where the API keeps what it takes in.', {
    suggestion: 'Free some space at transfers.folder.',
  })

/** What was taken in under an id; null where there is no such thing any more. */
export async function keptUpload(deps: Deps, id: string): Promise<Kept | null> {
  const path = join(folderOf(deps, 'uploads'), id)
  const told = await readFile(`${path}.json`, 'utf8').catch(() => null)
  if (told === null) return null
  const kept = Kept.parse(JSON.parse(told))
  const size = await stat(path).then(
    (found) => found.size,
    () => null,
  )
  return size === kept.bytes ? kept : null
}

export const downloadAt = (deps: Deps, operationId: string): string => join(folderOf(deps, 'downloads'), operationId)

/** Removes what nobody has used or fetched for long. */
export async function sweepSpool(deps: Deps): Promise<void> {
  const before = Date.now() - deps.settings.transfers.keepMs
  for (const folder of (['uploads', 'downloads', 'fetched'] as const).map((name) => folderOf(deps, name))) {
    const names = await readdir(folder).catch(() => [])
    for (const path of names.map((name) => join(folder, name))) {
      const found = await stat(path).catch(() => null)
      if (found !== null && found.mtimeMs < before) await rm(path, { force: true })
    }
  }
}
