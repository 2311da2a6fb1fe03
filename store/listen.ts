import { setTimeout as pause } from 'node:timers/promises'
import { Client, type ClientConfig } from 'pg'
import type { Logger } from 'pino'

/** An event that was just appended. */
export type News = { operationId: string; seq: number }

type Options = { connection: ClientConfig; callback: (news: News | null) => void; log?: Logger }

const checkEveryMs = 20_000

/** Listens on a connection of its own until stopped; a lost one is made again, and then anything may be new. */
export async function listen({ connection, callback, log }: Options): Promise<() => Promise<void>> {
  const stopped = new AbortController()
  let client = await subscribe()

  async function subscribe(): Promise<Client> {
    const fresh = new Client({ ...connection, connectionTimeoutMillis: 10_000, query_timeout: 10_000 })
    fresh.on('notification', ({ payload = '' }) => {
      const [operationId = '', seq] = payload.split(':')
      callback({ operationId, seq: Number(seq) })
    })
    fresh.on('error', (error) => log?.warn({ err: error }, 'the connection that listens for events was lost'))
    await fresh.connect()
    await fresh.query('listen drydock_events')
    return fresh
  }

  /** Half-open connections say nothing by themselves: the check finds them. */
  async function lost(of: Client): Promise<void> {
    const ended = new Promise<void>((resolve) => of.once('end', resolve))
    while (!stopped.signal.aborted) {
      const gone = await Promise.race([
        ended.then(() => true),
        pause(checkEveryMs, false, { signal: stopped.signal, ref: false }),
      ])
      if (
        gone ||
        (await of.query('select 1').then(
          () => false,
          () => true,
        ))
      )
        return
    }
  }

  async function keep(): Promise<void> {
    while (!stopped.signal.aborted) {
      await lost(client)
      await client.end().catch(() => {})
      for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, 5000)) {
        await pause(waitMs, undefined, { signal: stopped.signal })
        const again = await subscribe().catch(() => null)
        if (again === null) continue
        client = again
        break
      }
      callback(null)
    }
  }

  const kept = keep().catch((error) => {
    if (!stopped.signal.aborted) throw error
  })
  return async () => {
    stopped.abort()
    await kept
    await client.end().catch(() => {})
  }
}
