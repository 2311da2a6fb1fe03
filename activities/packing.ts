import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ownName } from '../commands/synchronization.ts'
import type { Comparison, Wanted } from '../plans/compared-trees.ts'
import { EntryPath } from '../schema/synchronization.ts'
import { filling, readTar, TarError, tarEnd, tarHeader, type TarEntry } from '../schema/tar.ts'

/** A file or folder of an archive that lies here, and where its content begins. */
export type Kept = Wanted & { readonly offset: number }

const mostEntries = 100_000

/** Everything in an archive, hashed; throws a `TarError` where a name or kind is none that is brought to a server. */
export async function readArchive(path: string): Promise<Kept[]> {
  const file = await open(path)
  try {
    const entries = new Map<string, Kept>()
    for await (const told of readTar((offset, bytes) => readAt(file, offset, bytes))) {
      const entry = { ...told, path: told.path.replace(/^(\.\/)+/, '').replace(/\/+$/, '') }
      if (entry.kind === 'directory' && (entry.path === '' || entry.path === '.')) continue
      if (!EntryPath.safeParse(entry.path).success || entry.path.includes('\ufffd'))
        throw new TarError(
          `it holds a name that leads out or cannot be shown: ${JSON.stringify(told.path.slice(0, 200))}`,
        )
      if (entry.path.split('/').some((name) => name.startsWith(ownName)))
        throw new TarError(`it holds a name that Drydock keeps for itself: ${entry.path}`)
      if (entries.has(entry.path)) throw new TarError(`it holds ${entry.path} twice`)
      if (entries.size === mostEntries) throw new TarError(`it holds more than ${mostEntries} files and folders`)
      const sha256 = entry.kind === 'file' ? await hashAt(file, entry) : null
      entries.set(entry.path, { ...entry, mode: ownable(entry), sha256 })
    }
    for (const { path: inner } of entries.values())
      for (let above = dirname(inner); above !== '.'; above = dirname(above))
        if (entries.get(above)?.kind === 'file') throw new TarError(`it holds ${inner} below a file`)
    return [...entries.values()]
  } finally {
    await file.close()
  }
}

/** Whoever brings a file must be able to read it there, and to go into a folder. */
const ownable = ({ kind, mode }: TarEntry): string =>
  (Number.parseInt(mode, 8) | (kind === 'file' ? 0o400 : 0o700)).toString(8).padStart(3, '0')

async function readAt(file: FileHandle, offset: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes)
  const { bytesRead } = await file.read(buffer, 0, bytes, offset)
  return buffer.subarray(0, bytesRead)
}

const piece = 1_048_576

async function* contentAt(file: FileHandle, { path, offset, bytes }: Pick<Kept, 'path' | 'offset' | 'bytes'>) {
  for (let at = 0; at < bytes; at += piece) {
    const read = await readAt(file, offset + at, Math.min(piece, bytes - at))
    if (read.length < Math.min(piece, bytes - at)) throw new TarError(`it ends in the middle of ${path}`)
    yield read
  }
}

async function hashAt(file: FileHandle, entry: Pick<Kept, 'path' | 'offset' | 'bytes'>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of contentAt(file, entry)) hash.update(chunk)
  return hash.digest('hex')
}

/**
 * Packs what differs, and the lists that the host works by: `sums` of what comes, `kept` of what is written over or deleted,
 * `added` of files that are new. The same difference makes the same bytes, so that planning again finds the same plan.
 */
export async function packDifference(o: {
  readonly from: string
  readonly to: string
  readonly comparison: Comparison
  readonly entries: readonly Kept[]
}): Promise<{ bytes: number; sha256: string }> {
  const { comparison } = o
  const offsets = new Map(o.entries.map((entry) => [entry.path, entry]))
  const files = [...comparison.added, ...comparison.changed].toSorted(byPath)
  const kept = [...comparison.changed.map(({ path }) => path), ...comparison.deletedFiles]
  const source = await open(o.from)
  const hash = createHash('sha256')
  let bytes = 0
  async function* counted() {
    for await (const chunk of archive()) {
      hash.update(chunk)
      bytes += chunk.length
      yield chunk
    }
  }
  async function* archive(): AsyncGenerator<Uint8Array> {
    yield* listAs('sums', files.map(sumLine).join(''))
    yield* listAs('kept', kept.map((path) => `${path}\0`).join(''))
    yield* listAs('added', comparison.added.map(({ path }) => `${path}\n`).join(''))
    for (const folder of foldersFor(files, comparison.newDirectories)) yield tarHeader(folder)
    for (const file of files) {
      yield tarHeader({ ...file, path: `new/${file.path}` })
      const content = offsets.get(file.path)
      if (content !== undefined) yield* contentAt(source, content)
      yield filling(file.bytes)
    }
    yield tarEnd
  }
  const part = `${o.to}.part`
  await mkdir(dirname(part), { recursive: true, mode: 0o700 })
  try {
    await pipeline(Readable.from(counted()), createWriteStream(part, { mode: 0o600, highWaterMark: piece }))
    await rename(part, o.to)
    return { bytes, sha256: hash.digest('hex') }
  } finally {
    await source.close()
    await rm(part, { force: true })
  }
}

const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : 1)

/** As sha256sum writes it, which marks a name with a backslash in it. */
const sumLine = ({ path, sha256 }: Wanted): string =>
  path.includes('\\') ? `\\${sha256}  ${path.replaceAll('\\', '\\\\')}\n` : `${sha256}  ${path}\n`

function* listAs(path: string, text: string): Generator<Uint8Array> {
  const content = Buffer.from(text)
  yield tarHeader({ path, kind: 'file', bytes: content.length, mode: '600', modifiedAt: 0 })
  yield content
  yield filling(content.length)
}

/** The new folders with the mode that they are to have, and those on the way to a file, which stay as they are. */
function foldersFor(files: readonly Wanted[], fresh: readonly Wanted[]): TarEntry[] {
  const folders = new Map<string, TarEntry>([
    ['', { path: 'new', kind: 'directory', bytes: 0, mode: '700', modifiedAt: 0 }],
  ])
  for (const one of fresh) folders.set(one.path, { ...one, path: `new/${one.path}` })
  for (const { path } of [...files, ...fresh])
    for (let above = dirname(path); above !== '.'; above = dirname(above))
      if (!folders.has(above))
        folders.set(above, { path: `new/${above}`, kind: 'directory', bytes: 0, mode: '700', modifiedAt: 0 })
  return [...folders.values()].toSorted(byPath)
}
