import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { access, chmod, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../schema/folders.ts'
import { type Say, timed } from '../schema/progress.ts'

// The newest that `go install` builds: later versions have a replace directive in their go.mod.
const version = '1.5.1'
const downloadLimitMs = 180_000

type Way = { title: string; get: (into: string) => Promise<string> }

/** The Temporal CLI with its dev server: the machine's own, the one in our cache, or one that is got now and kept there. */
export async function findTemporal(o: { say?: Say; env?: NodeJS.ProcessEnv } = {}): Promise<string> {
  const env = o.env ?? process.env
  const kept = join(cacheFolder(env), 'bin', `temporal-${version}`)
  const there = (await onPath('temporal', env)) ?? (existsSync(kept) ? kept : null)
  return there ?? getTemporal({ kept, env, say: o.say ?? (() => {}) })
}

async function getTemporal(o: { kept: string; env: NodeJS.ProcessEnv; say: Say }): Promise<string> {
  const ways: Way[] = [
    { title: 'Downloading the Temporal dev server', get: (into) => download(into, o.env) },
    { title: 'Building the Temporal dev server with Go (about 3 minutes, once)', get: (into) => build(into, o.env) },
  ]
  const failures: string[] = []
  for (const { title, get } of ways) {
    try {
      return await timed({ title, say: o.say }, () => keep(o.kept, get))
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error)
      failures.push(`  ${title}: ${because}`)
      o.say(`${title} did not work; going on.`)
    }
  }
  throw new Error(
    [
      'There is no Temporal dev server on this machine, and none could be got:',
      ...failures,
      'Install the Temporal CLI so that "temporal" is on PATH, or set TEMPORAL_ADDRESS to a server that runs.',
    ].join('\n'),
  )
}

/** Made beside its place and renamed into it, so that a half-written file never counts. */
async function keep(kept: string, get: Way['get']): Promise<string> {
  await mkdir(join(kept, '..'), { recursive: true })
  const draft = await mkdtemp(`${kept}.`)
  try {
    const made = await get(draft)
    await chmod(made, 0o755)
    await rename(made, kept)
    return kept
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function download(into: string, env: NodeJS.ProcessEnv): Promise<string> {
  const script = join(import.meta.dirname, 'download-temporal.mjs')
  await succeed(process.execPath, [script, into, `v${version}`], { env, timeoutMs: downloadLimitMs })
  const file = (await readdir(into)).find((name) => name.startsWith('temporal'))
  if (file === undefined) throw new Error('the SDK downloaded nothing that is named temporal')
  return join(into, file)
}

async function build(into: string, env: NodeJS.ProcessEnv): Promise<string> {
  const go = await onPath('go', env)
  if (go === null) throw new Error('there is no Go on PATH')
  const source = `github.com/temporalio/cli/cmd/temporal@v${version}`
  await succeed(go, ['install', '-ldflags=-s -w', source], { env: { ...env, GOBIN: into } })
  return join(into, 'temporal')
}

async function succeed(program: string, args: string[], o: { env: NodeJS.ProcessEnv; timeoutMs?: number }) {
  const child = spawn(program, args, { env: o.env, stdio: ['ignore', 'ignore', 'pipe'], timeout: o.timeoutMs })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)))
  const end = await new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(code === 0 ? null : (signal ?? `exit code ${code}`)))
  })
  // A program's last words that look like an error say more than the frames of its stack.
  if (end !== null) throw new Error(`${end}: ${said.split('\n').find((line) => /error/i.test(line)) ?? said.trim()}`)
}

async function onPath(program: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  for (const folder of (env.PATH ?? '').split(':').filter(Boolean)) {
    const path = join(folder, program)
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path
  }
  return null
}
