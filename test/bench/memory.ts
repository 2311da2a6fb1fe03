import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pLimit from 'p-limit'
import { z } from 'zod'
import type { Say } from '../../schema/progress.ts'
import { begin } from './operations.ts'
import type { Product } from './product.ts'

const Sample = z.object({ at: z.number(), rss: z.number(), heapUsed: z.number(), external: z.number() })

/** The worker's memory after so many commands, in MiB, with its garbage collected first. */
export type MemoryPoint = { readonly commands: number; readonly rssMiB: number; readonly heapMiB: number }
export type MemoryCurve = { readonly points: readonly MemoryPoint[]; readonly early: number; readonly late: number }

const atOnce = 16
const points = 10

/** Runs harmless commands through API, Temporal, worker and SSH, and looks at the worker ten times on the way. */
export async function memoryOverCommands(o: {
  product: Product
  server: string
  commands: number
  say: Say
}): Promise<MemoryCurve> {
  const { product, server, commands, say } = o
  const every = Math.max(1, Math.floor(commands / points))
  const limit = pLimit(atOnce)
  const curve: MemoryPoint[] = []
  for (let done = 0; done < commands; ) {
    const batch = Math.min(every, commands - done)
    await limit.map(Array.from({ length: batch }), () => runOne(product, server))
    done += batch
    const { rss, heapUsed } = await sample(product)
    const point = { commands: done, rssMiB: mebibytes(rss), heapMiB: mebibytes(heapUsed) }
    curve.push(point)
    say(`${done} commands: RSS ${point.rssMiB.toFixed(0)} MiB, heap ${point.heapMiB.toFixed(1)} MiB`)
  }
  return { points: curve, ...ends(curve) }
}

async function runOne(product: Product, server: string): Promise<void> {
  const { state } = await begin(product, `/v1/servers/${server}/commands`, { command: 'true' }, 60)
  if (state !== 'succeeded') throw new Error(`a command ended ${state}`)
}

async function sample(product: Product): Promise<z.infer<typeof Sample>> {
  const asked = Date.now()
  const pid = product.workerPid()
  process.kill(pid, 'SIGUSR2')
  for (;;) {
    const text = await readFile(join(product.memoryFolder, `${pid}.json`), 'utf8').catch(() => '')
    const seen = text.endsWith('}') ? Sample.parse(JSON.parse(text)) : null
    if (seen !== null && seen.at >= asked) return seen
    await pause(20)
  }
}

/** The second fifth of the curve and its last third, in MiB of RSS: what is loaded and cached at the beginning is no leak. */
function ends(curve: readonly MemoryPoint[]): { early: number; late: number } {
  const mean = (part: readonly MemoryPoint[]) => part.reduce((sum, point) => sum + point.rssMiB, 0) / part.length
  return {
    early: mean(curve.slice(Math.floor(curve.length * 0.2), Math.ceil(curve.length * 0.4))),
    late: mean(curve.slice(Math.floor(curve.length * 0.7))),
  }
}

const mebibytes = (bytes: number): number => bytes / 1_048_576
