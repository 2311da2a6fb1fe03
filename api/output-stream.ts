import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import type { Deps, Request } from './context.ts'
import { type Bell, createBell } from './event-hub.ts'
import { withLiveState } from './operation-state.ts'
import { operationOf } from './parameters.ts'

/** Nothing rings for output: it is asked for, the less often the longer none has come. */
const shortestPauseMs = 200
const longestPauseMs = 2_000
const heartbeatMs = 10_000
const pageSize = 64

/** What the commands of an operation write, while they write it: from a position on to the operation's end. */
export async function streamOutput(
  deps: Deps,
  c: Request,
  o: { id: string; from: number; only: 'stdout' | 'stderr' | undefined },
): Promise<Response> {
  await deps.hub.open()
  c.header('x-accel-buffering', 'no')
  return streamSSE(c, async (sse) => {
    const bell = createBell()
    const stop = deps.hub.subscribe(o.id, bell.ring)
    sse.onAbort(bell.ring)
    try {
      await pump(deps, sse, { ...o, bell })
    } finally {
      stop()
    }
  })
}

type Source = {
  id: string
  from: number
  only: 'stdout' | 'stderr' | undefined
  bell: Bell
}

async function pump(deps: Deps, sse: SSEStreamingApi, { id, from, only, bell }: Source): Promise<void> {
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() } // a character may come in two parts
  let position = from
  let pauseMs = shortestPauseMs
  let saidAt = Date.now()
  while (!sse.aborted && !deps.hub.isClosed()) {
    const hasEnded = (await withLiveState(deps, await operationOf(deps, id))).endedAt !== null
    const chunks = await deps.store.outputs.after({ operationId: id, position, limit: pageSize })
    for (const { stream, bytes, ...chunk } of chunks) {
      position = chunk.position
      const text = decoders[stream].decode(bytes, { stream: true })
      if (only !== undefined && stream !== only) continue
      await sse.writeSSE({ id: String(position), event: stream, data: JSON.stringify({ offset: chunk.offset, text }) })
      saidAt = Date.now()
    }
    if (chunks.length > 0) pauseMs = shortestPauseMs
    else if (hasEnded) return sse.writeSSE({ event: 'end', data: '{}' })
    else {
      await bell.wait(pauseMs)
      pauseMs = Math.min(longestPauseMs, pauseMs * 1.5)
      if (Date.now() - saidAt < heartbeatMs) continue
      await sse.write(': heartbeat\n\n')
      saidAt = Date.now()
    }
  }
}
