import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, rename, rm, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { type Chosen, chooser } from '../schema/file-patterns.ts'
import { EntryPath, type LocalTree } from '../schema/synchronization.ts'
import { readTar, type TarEntry } from '../schema/tar.ts'
import type { Cli } from './cli.ts'
import { Failure } from './failure.ts'
import { listDirectory } from './local-directory.ts'
import { handOver, keepFile } from './local-file.ts'

/** Tells the API what is here already, so that only what differs is fetched; the upload's id, or nothing where nothing is here. */
export async function tellWhatIsHere(cli: Cli, root: string, chosen: Chosen): Promise<string | undefined> {
  if (!(await isFolder(root))) return undefined
  const { entries } = await listDirectory(root, chosen)
  const tree: LocalTree = []
  for (const { path, kind, bytes } of entries)
    if (EntryPath.safeParse(path).success)
      tree.push({ path, bytes, sha256: kind === 'file' ? await hashOf(join(root, path)) : null })
  const told = Buffer.from(JSON.stringify(tree))
  return handOver(cli, { what: `the list of ${root}`, bytes: Readable.from([told]), length: told.length })
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1_048_576 })) hash.update(chunk)
  return hash.digest('hex')
}

const isFolder = async (path: string): Promise<boolean> => (await lstat(path).catch(() => null))?.isDirectory() === true

/** Fetches an archive and unpacks it here. */
export async function keepDirectory(cli: Cli, from: string, root: string, chosen: Chosen): Promise<void> {
  await mkdir(root, { recursive: true })
  const archive = join(root, '.drydock-fetched')
  await keepFile(cli, from, archive)
  try {
    await unpackHere(archive, root, chosen)
  } finally {
    await rm(archive, { force: true })
  }
}

/**
 * Unpacks what counts: all names are looked at before anything is written, and each file takes its place by a rename.
 * The archive may hold more than was asked for, where much differs.
 */
export async function unpackHere(archive: string, root: string, chosen: Chosen): Promise<void> {
  const counts = chooser(chosen)
  const file = await open(archive)
  try {
    const entries = (await entriesOf(file)).filter(({ path, kind }) => counts(path, kind))
    for (const entry of entries) await mustStayInside(root, entry)
    for (const entry of entries) await put(root, entry, file)
  } finally {
    await file.close()
  }
}

type Entry = TarEntry & { readonly offset: number }

async function entriesOf(file: FileHandle): Promise<Entry[]> {
  const entries: Entry[] = []
  for await (const entry of readTar((offset, bytes) => readAt(file, offset, bytes))) {
    const { path } = entry
    if (!EntryPath.safeParse(path).success) throw refused(`it holds a name that leads out: ${JSON.stringify(path)}`)
    entries.push(entry)
  }
  return entries
}

async function readAt(file: FileHandle, offset: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes)
  const { bytesRead } = await file.read(buffer, 0, bytes, offset)
  return buffer.subarray(0, bytesRead)
}

/** No link here is gone through or written over, and a folder is not taken for a file. */
async function mustStayInside(root: string, { path, kind }: Entry): Promise<void> {
  for (let at = path; at !== '.'; at = dirname(at)) {
    const found = await lstat(join(root, at)).catch(() => null)
    const wanted = at === path ? kind : 'directory'
    if (found === null) continue
    if (wanted === 'directory' ? !found.isDirectory() : !found.isFile())
      throw refused(`${join(root, at)} is here and is no ${wanted}`)
  }
}

async function put(root: string, { path, kind, bytes, mode, modifiedAt, offset }: Entry, file: FileHandle) {
  const to = join(root, path)
  await mkdir(kind === 'directory' ? to : dirname(to), { recursive: true })
  if (kind === 'directory') return
  const part = join(dirname(to), `.drydock-part-${process.pid}`)
  const fresh = await open(part, 'wx', 0o600)
  try {
    for (let at = 0; at < bytes; at += piece) {
      const read = await readAt(file, offset + at, Math.min(piece, bytes - at))
      if (read.length === 0) throw refused(`it ends in the middle of ${path}`)
      await fresh.write(read)
    }
    await fresh.chmod(Number.parseInt(mode, 8))
    await fresh.close()
    await utimes(part, modifiedAt, modifiedAt)
    await rename(part, to)
  } finally {
    await fresh.close().catch(() => undefined)
    await rm(part, { force: true })
  }
}

const piece = 1_048_576

const refused = (because: string): Failure =>
  new Failure({
    message: `Nothing more was written here: ${because}.`,
    code: 'UNSAFE',
    suggestions: ['Look at the directory on both sides.'],
    retryable: false,
  })
