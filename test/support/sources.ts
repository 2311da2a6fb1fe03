import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** A hash of files of this checkout and of all that they import from it: what depends on them alone has the same as long as they do. */
export function sourcesHash(...paths: readonly string[]): string {
  const files = new Map<string, string>()
  const read = (path: string): void => {
    if (files.has(path)) return
    const source = readFileSync(path, 'utf8')
    files.set(path, source)
    for (const [, to] of source.matchAll(/ from '(\.[^']+)'/g)) read(join(dirname(path), to ?? ''))
  }
  for (const path of paths) read(join(root, path))
  const hash = createHash('sha256')
  for (const [path, source] of [...files].toSorted(([a], [b]) => a.localeCompare(b)))
    hash.update(`${relative(root, path)}\0${source}\0`)
  return hash.digest('hex')
}
