import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Written beside and renamed, 0600 from its first byte, in a directory of 0700. */
export function writePrivateFile(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const beside = `${path}.${process.pid}`
  writeFileSync(beside, content, { mode: 0o600 })
  renameSync(beside, path)
}

/** Null when it is not there; an error when others may read it. */
export function readPrivateFile(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return null
  if ((found.mode & 0o077) !== 0)
    throw new Error(`${path} is open to others (mode ${(found.mode & 0o777).toString(8)}): run "chmod 600 ${path}".`)
  return readFileSync(path, 'utf8')
}
