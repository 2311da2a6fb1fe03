import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bootHost, type Image, type LabHost } from '../../lab/index.ts'
import type { Installation } from './installation.ts'

export type PreparedServer = { readonly host: LabHost; readonly id: string; readonly name: string }

/** Servers that were set up once: each host that starts from those files is set up as well, after a second. */
export type Prepared = {
  boot(drydock: Installation): Promise<PreparedServer>
  close(): Promise<void>
}

/** Sets one server up, has it made ready for its purpose, and keeps its files. */
export async function prepare(
  drydock: Installation,
  o: { name: string; image?: Image; makeReady?: (server: PreparedServer) => Promise<void> },
): Promise<Prepared> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-prepared-'))
  const layer = join(folder, 'layer')
  const image = o.image === undefined ? {} : { image: o.image }
  const host = await bootHost({ name: o.name, ...image })
  try {
    const server = { host, ...(await drydock.register(host)) }
    const setUp = await drydock.finish('POST', `/v1/servers/${server.name}/setups`, { packages: [] })
    if (setUp.result?.state !== 'succeeded') throw new Error(`not set up: ${JSON.stringify(setUp.result)}`)
    await o.makeReady?.(server)
    await host.copyFiles(layer)
  } catch (error) {
    await rm(folder, { recursive: true })
    throw error
  } finally {
    await host.stop()
  }
  return {
    boot: async (to) => {
      const copy = await bootHost({ name: o.name, ...image, layer })
      try {
        // The key of a host is its own: the application user's comes from the one that was set up.
        await copy.sh('cat /root/.ssh/authorized_keys > /home/app/.ssh/authorized_keys')
        const server = await to.register(copy)
        await to.store.servers.setFlags(server.id, { setupComplete: true })
        return { host: copy, ...server }
      } catch (error) {
        await copy.stop()
        throw error
      }
    },
    close: () => rm(folder, { recursive: true }),
  }
}
