import { openChannel } from './channel.ts'
import type { Link } from './link.ts'

const limitMs = 5_000

/** A connection is healthy when a light command succeeds on it in under 5 s (spec SSH-9). */
export async function checkHealth(link: Link, host: string): Promise<boolean> {
  try {
    const channel = await openChannel(link, host, 'exit 0', limitMs)
    return await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => {
        channel.close()
        resolve(false)
      }, limitMs)
      channel.on('exit', (code: number | null) => {
        clearTimeout(timer)
        resolve(code === 0)
      })
      channel.on('close', () => {
        clearTimeout(timer)
        resolve(false)
      })
      channel.resume()
      channel.stderr.resume()
      channel.end()
    })
  } catch {
    // Any failure to run it means the same.
    return false
  }
}
