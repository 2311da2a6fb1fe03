import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isLabPossible } from '../../../lab/index.ts'
import { cacheFolder } from '../../../schema/folders.ts'
import { type Check, failed, ok, warning } from './check.ts'

const oldest = [20, 19] as const

export function checkNode(version = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return ok('Node.js', version)
  return failed('Node.js', version, `Install Node.js ${oldest.join('.')} or newer.`)
}

/** Only the local stack needs the program; an address of one's own makes it needless. */
export function checkTemporalBinary(env: NodeJS.ProcessEnv): Check {
  const name = 'Temporal dev server'
  const onPath = (env.PATH ?? '').split(':').map((folder) => join(folder, 'temporal'))
  const found = [...onPath, join(cacheFolder(env), 'bin', 'temporal-1.5.1')].find((path) => existsSync(path))
  return ok(name, found ?? 'not there yet: downloaded or built at the first `drydock up`')
}

/** Throwaway hosts: what `drydock demo` and the tests boot. */
export async function checkLab(): Promise<Check> {
  const answer = await isLabPossible()
  if (answer.possible) return ok('Throwaway hosts', 'can be booted here')
  return warning(
    'Throwaway hosts',
    answer.because,
    'Only `drydock demo` and some tests need them; the demo also takes a server of yours: `drydock demo --host`.',
  )
}
