import { createReadStream } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { chooser, type Chosen } from '../schema/file-patterns.ts'
import { filling, padded, tarEnd, tarHeader, type TarEntry } from '../schema/tar.ts'
import type { Cli } from './cli.ts'
import { usage } from './failure.ts'
import { handOver } from './local-file.ts'

/** Hands what counts of a local directory to the API as one archive, and answers the upload's id. */
export async function sendDirectoryToApi(cli: Cli, root: string, chosen: Chosen): Promise<string> {
  const { entries, passedOver } = await listDirectory(root, chosen)
  if (passedOver.length > 0)
    cli.screen.note(
      cli.screen.paintNote.yellow(
        `! Passed over, because they are no files or folders: ${passedOver.slice(0, 10).join(', ')}${passedOver.length > 10 ? ` and ${passedOver.length - 10} more` : ''}`,
      ),
    )
  const length = entries.reduce((sum, entry) => sum + tarHeader(entry).length + padded(entry.bytes), tarEnd.length)
  return handOver(cli, { what: root, bytes: Readable.from(archiveOf(root, entries)), length })
}

type Listed = { readonly entries: TarEntry[]; readonly passedOver: string[] }

/** Files and folders that count, by name. Links are passed over: what they lead to may be anywhere. */
export async function listDirectory(root: string, chosen: Chosen): Promise<Listed> {
  const counts = chooser(chosen)
  const found: Listed = { entries: [], passedOver: [] }
  async function walk(below: string): Promise<void> {
    const names = await readdir(join(root, below)).catch((cause: unknown) => {
      throw usage(`${join(root, below)} cannot be listed (${cause instanceof Error ? cause.message : String(cause)}).`)
    })
    for (const name of names.toSorted()) {
      const path = below === '' ? name : `${below}/${name}`
      const { mode, mtimeMs, size, ...is } = await factsOf(join(root, path))
      const kind = is.isFolder ? 'directory' : 'file'
      if (!counts(path, kind)) continue
      if (!is.isFolder && !is.isFile) found.passedOver.push(path)
      else
        found.entries.push({
          path,
          kind,
          bytes: is.isFile ? size : 0,
          mode: (mode & 0o777).toString(8),
          modifiedAt: Math.floor(mtimeMs / 1000),
        })
      if (is.isFolder) await walk(path)
    }
  }
  await walk('')
  return found
}

async function factsOf(path: string) {
  const stat = await lstat(path)
  const { mode, mtimeMs, size } = stat
  return { mode, mtimeMs, size, isFolder: stat.isDirectory(), isFile: stat.isFile() }
}

async function* archiveOf(root: string, entries: readonly TarEntry[]): AsyncGenerator<Uint8Array> {
  for (const entry of entries) {
    yield tarHeader(entry)
    if (entry.kind === 'directory') continue
    yield* contentOf(join(root, entry.path), entry.bytes)
    yield filling(entry.bytes)
  }
  yield tarEnd
}

/** So many bytes and no more: its size stands in the archive before it. */
async function* contentOf(path: string, bytes: number): AsyncGenerator<Uint8Array> {
  let seen = 0
  if (bytes > 0)
    for await (const chunk of createReadStream(path, { end: bytes - 1, highWaterMark: 1_048_576 })) {
      seen += chunk.length
      yield chunk
    }
  if (seen !== bytes) throw usage(`${path} changes while it is read; try again.`)
}
