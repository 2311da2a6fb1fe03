import { createConnection } from 'node:net'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { z } from 'zod'
import { searchAttributes } from '../schema/search.ts'
import type { Home } from './paths.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'
import { startTemporal } from './temporal.ts'

const Left = z.object({ pid: z.int().positive(), address: z.string(), uiUrl: z.string() })

/** The local Temporal server, or the one that a stack which died has left running: its database file has one user at a time. */
export async function startTemporalOnce(o: {
  home: Home
  log: Logger
  env: NodeJS.ProcessEnv
}): Promise<{ address: string; uiUrl: string; stop(): Promise<void> }> {
  const record = join(o.home.root, 'run/temporal.json')
  const left = Left.safeParse(JSON.parse(readPrivateFile(record) ?? 'null'))
  if (left.success && isAlive(left.data.pid) && (await answers(left.data.address))) {
    o.log.info({ pid: left.data.pid }, 'using the Temporal server that was left running')
    return { ...left.data, stop: () => endProcess(left.data.pid) }
  }
  const attributes = Object.fromEntries(Object.keys(searchAttributes).map((name) => [name, 'Keyword' as const]))
  const started = await startTemporal({ dbFile: o.home.temporalFile, log: o.log, searchAttributes: attributes })
  writePrivateFile(record, JSON.stringify({ pid: started.pid, address: started.address, uiUrl: started.uiUrl }))
  return started
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function answers(address: string): Promise<boolean> {
  const at = address.lastIndexOf(':')
  return new Promise((resolve) => {
    const socket = createConnection({ host: address.slice(0, at), port: Number(address.slice(at + 1)), timeout: 2_000 })
    const done = (ok: boolean) => {
      socket.destroy()
      resolve(ok)
    }
    socket
      .once('connect', () => done(true))
      .once('error', () => done(false))
      .once('timeout', () => done(false))
  })
}

async function endProcess(pid: number): Promise<void> {
  process.kill(pid, 'SIGTERM')
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 50))
}
