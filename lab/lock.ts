import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { toolPath } from './run.ts'

/**
 * Holds a lock between processes while `work` runs. flock(1) holds it as long as its standard input is open, so that
 * it is free again whatever becomes of us.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true })
  const holder = spawn('flock', [path, 'sh', '-c', 'echo held; cat >/dev/null'], {
    env: { ...process.env, PATH: toolPath },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(holder, 'close')
  const held = once(holder.stdout, 'data').then(() => true)
  if (!(await Promise.race([held, ended.then(() => false)]))) throw new Error(`flock could not lock ${path}`)
  try {
    return await work()
  } finally {
    holder.stdin.end()
    await ended
  }
}
