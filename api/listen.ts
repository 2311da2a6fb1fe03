import { createAdaptorServer } from '@hono/node-server'
import { Server as HttpServer } from 'node:http'
import type { RunningApp } from './app.ts'

export type Listening = { readonly url: string; close(): Promise<void> }

/** How long requests under way may take to end when the API stops; event streams are ended at once. */
const patienceMs = 5_000

/** Serves the application; port 0 takes a free one. */
export async function listen(app: RunningApp, o: { host: string; port: number }): Promise<Listening> {
  const server = createAdaptorServer({ fetch: app.fetch })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(o.port, o.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : o.port
  return {
    url: `http://${o.host.includes(':') ? `[${o.host}]` : o.host}:${port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await app.close()
      const force = setTimeout(() => server instanceof HttpServer && server.closeAllConnections(), patienceMs)
      if (server instanceof HttpServer) server.closeIdleConnections()
      await closed
      clearTimeout(force)
    },
  }
}
