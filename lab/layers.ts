import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../schema/folders.ts'
import type { Say } from '../schema/progress.ts'
import { ensureImage, type Image } from './image.ts'
import { withLock } from './lock.ts'

/** Nobody starts hosts from one for so long: it is taken away when the next one is made. */
const unusedMs = 3 * 24 * 3_600_000

/**
 * The files that hosts of one purpose start from, made on first use and kept in the cache. `makings` is all that they
 * depend on beside the image: where it changes, they are made anew.
 */
export async function ensureLayer(
  o: { name: string; image: Image; makings: string; say?: Say },
  make: (into: string) => Promise<void>,
): Promise<string> {
  const folder = join(cacheFolder(process.env), 'lab', 'layers')
  const base = await ensureImage(o.image, o.say ?? (() => {}))
  const stamp = createHash('sha256').update(`${base}\n${o.makings}`).digest('hex').slice(0, 12)
  const layer = join(folder, `${o.image}-${o.name}-${stamp}`)
  if (!existsSync(layer))
    await withLock(join(folder, `${o.image}-${o.name}.lock`), async () => {
      if (existsSync(layer)) return // another process made it while we waited
      await removeUnused(folder)
      await makeLayer(folder, layer, make)
    })
  await utimes(layer, new Date(), new Date())
  return layer
}

async function makeLayer(folder: string, layer: string, make: (into: string) => Promise<void>): Promise<void> {
  await mkdir(folder, { recursive: true })
  const draft = await mkdtemp(join(folder, '.draft-'))
  try {
    await make(join(draft, 'files'))
    await rename(join(draft, 'files'), layer)
  } finally {
    await rm(draft, { recursive: true })
  }
}

async function removeUnused(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const { mtimeMs } = await stat(path)
    if (!name.endsWith('.lock') && Date.now() - mtimeMs > unusedMs) await rm(path, { recursive: true, force: true })
  }
}
