import { Context } from '@temporalio/activity'
import { z } from 'zod'
import type { TransferProgress } from '../schema/transfer.ts'
import type { Deps } from './deps.ts'

const everyMs = 2_000

/** What an attempt leaves to the next one. */
const Left = z.object({ offset: z.int().min(0), movedAt: z.number() })
export type Left = z.infer<typeof Left>

/** How far the attempt before this one came, as its heartbeat said; null for the first. */
export function leftByLastAttempt(): Left | null {
  const left = Left.safeParse(Context.current().info.heartbeatDetails)
  return left.success ? left.data : null
}

/** Tells people how far a transfer is: an event every two seconds, and one at its end. */
export function createProgressEvents(
  deps: Deps,
  o: { operationId: string; serverId: string; doing: string; done: string; totalBytes: number; from: number },
) {
  const startedAt = Date.now()
  let lastAt = startedAt
  let told: Promise<unknown> = Promise.resolve()

  const figures = (bytes: number): TransferProgress => {
    const seconds = Math.max(0.001, (Date.now() - startedAt) / 1000)
    const bytesPerSecond = Math.round((bytes - o.from) / seconds)
    const remainingMs = bytesPerSecond > 0 ? Math.round(((o.totalBytes - bytes) / bytesPerSecond) * 1000) : null
    return { bytes, totalBytes: o.totalBytes, bytesPerSecond, remainingMs, resumedAt: o.from }
  }
  const append = (bytes: number, status: 'running' | 'completed', message: string) => {
    const { totalBytes, bytesPerSecond, remainingMs, resumedAt } = figures(bytes)
    const percentage = totalBytes === 0 ? 100 : Math.round((bytes / totalBytes) * 100)
    return deps.store.events.append(o.operationId, {
      type: 'step',
      step: 'transfer.bytes',
      serverId: o.serverId,
      status,
      message,
      percentage,
      durationMs: status === 'completed' ? Date.now() - startedAt : null,
      data: {
        bytes,
        total_bytes: totalBytes,
        bytes_per_second: bytesPerSecond,
        remaining_ms: remainingMs,
        resumed_at: resumedAt,
        ...(status === 'completed' ? { state: 'applied' } : {}),
      },
    })
  }
  return {
    at(bytes: number): void {
      if (Date.now() - lastAt < everyMs) return
      lastAt = Date.now()
      // One that is not stored is followed by the next.
      const { totalBytes, bytesPerSecond, remainingMs } = figures(bytes)
      const left = remainingMs === null ? '' : `, ${Math.ceil(remainingMs / 1000)} s left`
      const far = `${megabytes(bytes)} of ${megabytes(totalBytes)} MB at ${megabytes(bytesPerSecond)} MB/s${left}`
      told = append(bytes, 'running', `${o.doing} ${far}`).catch(() => undefined)
    },
    async end(): Promise<TransferProgress> {
      await told
      const end = figures(o.totalBytes)
      const message = `${o.done} ${megabytes(o.totalBytes - o.from)} MB at ${megabytes(end.bytesPerSecond)} MB/s`
      // A step that ends is called by what it said last.
      await append(o.totalBytes, 'running', message)
      await append(o.totalBytes, 'completed', message)
      return end
    },
  }
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)
