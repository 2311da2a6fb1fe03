import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ownName } from '../commands/synchronization.ts'
import type { Comparison, Wanted } from '../plans/compared-trees.ts'
import { EntryPath } from '../schema/synchronization.ts'
import { filling, gathered, readTar, TarError, tarEnd, tarHeader, type TarEntry } from '../schema/tar.ts'

/** A file or folder of an archive that lies here, and where its content begins. */
export type Kept = Wanted & { readonly offset: number }

const mostEntries = 100_000

/** Everything in an archive, hashed; throws a `TarError` where a name or kind is none that is brought to a server. */
export async function readArchive(path: string): Promise<Kept[]> {
  const file = createWindow(await open(path))
  try {
    const entries = new Map<string, Kept>()
    for await (const entry of readTar((offset, bytes) => file.read(offset, bytes))) {
      if (entry.kind === 'directory' && (entry.path === '' || entry.path === '.')) continue
      if (!EntryPath.safeParse(entry.path).success || entry.path.includes('\ufffd'))
        throw new TarError(
          `it holds a name that leads out or cannot be shown: ${JSON.stringify(entry.path.slice(0, 200))}`,
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

type Window = ReturnType<typeof createWindow>

/** Reads a file from its beginning on in large pieces, whatever small ones are asked for. */
function createWindow(file: FileHandle) {
  let [from, buffer]: [number, Buffer] = [0, Buffer.alloc(0)]
  return {
    async read(offset: number, bytes: number): Promise<Buffer> {
      if (offset < from || offset + bytes > from + buffer.length) {
        const fresh = Buffer.alloc(Math.max(piece, bytes))
        const { bytesRead } = await file.read(fresh, 0, fresh.length, offset)
        ;[from, buffer] = [offset, fresh.subarray(0, bytesRead)]
      }
      return buffer.subarray(offset - from, offset - from + bytes)
    },
    close: () => file.close(),
  }
}

const piece = 1_048_576

type Content = Pick<Kept, 'path' | 'offset' | 'bytes'>

async function wholeAt(file: Window, { path, offset, bytes }: Content): Promise<Buffer> {
  const read = await file.read(offset, bytes)
  if (read.length < bytes) throw new TarError(`it ends in the middle of ${path}`)
  return read
}

async function* contentAt(file: Window, { path, offset, bytes }: Content): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes; at += piece)
    yield await wholeAt(file, { path, offset: offset + at, bytes: Math.min(piece, bytes - at) })
}

async function hashAt(file: Window, content: Content): Promise<string> {
  const hash = createHash('sha256')
  if (content.bytes <= piece) return hash.update(await wholeAt(file, content)).digest('hex')
  for await (const chunk of contentAt(file, content)) hash.update(chunk)
  return hash.digest('hex')
}

/**
 * Packs what differs, and the lists that the host works by: `sums`, `files` and `facts` of what comes, `kept` of what is written over or deleted,
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
  const source = createWindow(await open(o.from))
  const hash = createHash('sha256')
  let bytes = 0
  async function* counted() {
    for await (const chunk of gathered(archive())) {
      hash.update(chunk)
      bytes += chunk.length
      yield chunk
    }
  }
  async function* archive(): AsyncGenerator<Uint8Array> {
    yield* listAs('sums', files.map(sumLine).join(''))
    yield* listAs('files', files.map(({ path }) => `${path}\0`).join(''))
    yield* listAs('facts', files.map(factsLine).join(''))
    yield* listAs('kept', kept.map((path) => `${path}\0`).join(''))
    yield* listAs('added', comparison.added.map(({ path }) => `${path}\n`).join(''))
    for (const folder of foldersFor(files, comparison.newDirectories)) yield tarHeader(folder)
    for (const file of files) {
      const header = tarHeader({ ...file, path: `new/${file.path}` })
      const offset = offsets.get(file.path)?.offset ?? 0
      if (file.bytes <= piece) {
        yield Buffer.concat([header, await wholeAt(source, { ...file, offset }), filling(file.bytes)])
        continue
      }
      yield header
      yield* contentAt(source, { ...file, offset })
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

/** As stat prints size, mode and name. */
const factsLine = ({ bytes, mode, path }: Wanted): string => `${bytes} ${Number(mode)} ${path}\n`

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
