import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode } from '@temporalio/worker'
import { cacheFolder } from '../schema/folders.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** The workflows as one script, kept in the cache by the hash of their sources: bundling takes seconds, reading it none. */
export async function workflowBundle(): Promise<{ code: string }> {
  const path = join(cacheFolder(process.env), 'bundles', `${sourcesHash()}.js`)
  if (existsSync(path)) return { code: readFileSync(path, 'utf8') }
  const { code } = await bundleWorkflowCode({ workflowsPath: join(root, 'workflows/index.ts'), logger: silent })
  mkdirSync(dirname(path), { recursive: true })
  const beside = `${path}.${process.pid}`
  writeFileSync(beside, code)
  renameSync(beside, path)
  return { code }
}

function sourcesHash(): string {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')))
  for (const room of ['workflows', 'schema']) {
    for (const file of readdirSync(join(root, room)).toSorted())
      hash.update(file).update(readFileSync(join(root, room, file)))
  }
  return hash.digest('hex').slice(0, 32)
}

const nothing = (): void => undefined
const silent = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing }
