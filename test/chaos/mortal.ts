import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { searchAttributes } from '../../schema/search.ts'
import { startPostgres } from '../../workers/postgres.ts'
import { startTemporal } from '../../workers/temporal.ts'
import { mourn, testParameters } from '../support/database.ts'
import { until } from '../support/installation.ts'

/** A server of the story's own that can die and come back at the same address with what it had stored. */
export type Mortal = {
  readonly address: string
  die(how: NodeJS.Signals): Promise<void>
  comeBack(): Promise<void>
  close(): Promise<void>
}

export async function mortalTemporal(): Promise<Mortal> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-chaos-temporal-'))
  const stored = {
    dbFile: join(folder, 'temporal.db'),
    searchAttributes: Object.fromEntries(Object.keys(searchAttributes).map((name) => [name, 'Keyword' as const])),
  }
  let running = await startTemporal(stored)
  const { address } = running
  const ports = { port: portOf(`http://${address}`), uiPort: portOf(running.uiUrl) }
  return {
    address,
    async die(how) {
      await end(running.pid, how)
      await running.stop() // tidies up after a process that has ended
    },
    async comeBack() {
      running = await startTemporal({ ...stored, ...ports })
    },
    async close() {
      await running.stop()
      await rm(folder, { recursive: true })
    },
  }
}

export async function mortalPostgres(): Promise<Mortal> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-chaos-postgres-'))
  const stored = { dataDir: folder, parameters: testParameters }
  let running = await startPostgres(stored)
  mourn(running.pid, folder)
  const address = running.url
  return {
    address,
    die: (how) => end(running.pid, how),
    async comeBack() {
      running = await startPostgres({ ...stored, port: portOf(address) })
      mourn(running.pid, folder)
    },
    async close() {
      await running.stop()
      await rm(folder, { recursive: true })
    },
  }
}

const portOf = (url: string): number => Number(new URL(url).port)

async function end(pid: number, how: NodeJS.Signals): Promise<void> {
  process.kill(pid, how)
  await until(() => Promise.resolve(isAlive(pid) ? null : true))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
