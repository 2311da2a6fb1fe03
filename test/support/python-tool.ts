import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder } from '../../schema/folders.ts'

const run = promisify(execFile)

/** Installs a program of PyPI once, beside the other things that are kept between runs; says why where it cannot. */
export async function pythonTool(
  name: string,
  version: string,
): Promise<{ readonly program: string } | { readonly because: string }> {
  const folder = join(cacheFolder(process.env), `${name}-${version}`)
  const program = join(folder, 'bin', name)
  if (existsSync(program)) return { program }
  try {
    await mkdir(cacheFolder(process.env), { recursive: true })
    await run('python3', ['-m', 'venv', folder])
    await run(join(folder, 'bin', 'pip'), ['install', '--quiet', `${name}==${version}`])
    return { program }
  } catch (error) {
    return { because: `${name} could not be installed: ${error instanceof Error ? error.message : String(error)}` }
  }
}
