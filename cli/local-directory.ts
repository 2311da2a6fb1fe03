import { createReadStream, readFileSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { chooser, type Chosen } from '../schema/file-patterns.ts'
import { filling, gathered, padded, tarEnd, tarHeader, type TarEntry } from '../schema/tar.ts'
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
  return handOver(cli, { what: root, bytes: Readable.from(gathered(archiveOf(root, entries))), length })
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
    const paths = names.toSorted().map((name) => (below === '' ? name : `${below}/${name}`))
    const facts = await Promise.all(paths.map((path) => factsOf(join(root, path))))
    for (const [index, path] of paths.entries()) {
      const { mode, mtimeMs, size, ...is } = facts[index] ?? (await factsOf(join(root, path)))
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

/** The archive of what was listed, as it is read. */
export async function* archiveOf(root: string, entries: readonly TarEntry[]): AsyncGenerator<Uint8Array> {
  for (const entry of entries) {
    const { path, kind, bytes } = entry
    if (kind === 'directory') yield tarHeader(entry)
    else if (bytes <= smallBytes)
      yield Buffer.concat([tarHeader(entry), smallContent(join(root, path), bytes), filling(bytes)])
    else {
      yield tarHeader(entry)
      yield* contentOf(join(root, path), bytes)
      yield filling(bytes)
    }
  }
  yield tarEnd
}

/** Read at once and in step: a stream, or a turn through the threads, costs more than the bytes. */
const smallBytes = 262_144

function smallContent(path: string, bytes: number): Uint8Array {
  const content = readFileSync(path)
  if (content.length < bytes) throw changes(path)
  return content.subarray(0, bytes)
}

/** So many bytes and no more: its size stands in the archive before it. */
async function* contentOf(path: string, bytes: number): AsyncGenerator<Uint8Array> {
  let seen = 0
  for await (const chunk of createReadStream(path, { end: bytes - 1, highWaterMark: 1_048_576 })) {
    seen += chunk.length
    yield chunk
  }
  if (seen !== bytes) throw changes(path)
}

const changes = (path: string) => usage(`${path} changes while it is read; try again.`)
