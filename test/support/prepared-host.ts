import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bootHost, ensureLayer, type Image, type LabHost } from '../../lab/index.ts'
import type { Installation } from './installation.ts'
import { sourcesHash } from './sources.ts'

export type PreparedServer = { readonly host: LabHost; readonly id: string; readonly name: string }

/** Servers that were set up once: each host that starts from those files is set up as well, after a second. */
export type Prepared = {
  boot(drydock: Installation): Promise<PreparedServer>
  close(): Promise<void>
}

type Options = {
  name: string
  image?: Image
  makeReady?: (server: PreparedServer) => Promise<void>
  /** Keeps the files in the cache under this name of what `makeReady` does: for the same setup they are made once. */
  kept?: string
  /** The text of `makeReady` where it is no part of its caller: when it changes, the files are made anew. */
  recipe?: string
}

/** Sets one server up, has it made ready for its purpose, and keeps its files. */
export async function prepare(drydock: Installation, o: Options): Promise<Prepared> {
  const { layer, close } = await layerOf(drydock, o)
  return { boot: (to) => bootFrom(layer, to, o), close }
}

async function layerOf(drydock: Installation, o: Options): Promise<{ layer: string; close: () => Promise<void> }> {
  const make = (into: string): Promise<void> => makeFiles(drydock, o, into)
  if (o.kept !== undefined) {
    const sources = sourcesHash('plans/setup.ts', 'plans/lockdown.ts', 'test/support/prepared-host.ts')
    const makings = `${sources}\n${o.recipe ?? String(o.makeReady)}`
    const layer = await ensureLayer({ name: o.kept, image: o.image ?? 'bookworm', makings }, make)
    return { layer, close: async () => undefined }
  }
  const folder = await mkdtemp(join(tmpdir(), 'drydock-prepared-'))
  const close = () => rm(folder, { recursive: true })
  const layer = join(folder, 'layer')
  try {
    await make(layer)
  } catch (error) {
    await close()
    throw error
  }
  return { layer, close }
}

async function makeFiles(drydock: Installation, { name, image, makeReady }: Options, into: string): Promise<void> {
  const host = await bootHost({ name, ...(image === undefined ? {} : { image }) })
  try {
    const server = { host, ...(await drydock.register(host)) }
    const setUp = await drydock.finish('POST', `/v1/servers/${server.name}/setups`, { packages: [] })
    if (setUp.result?.state !== 'succeeded') throw new Error(`not set up: ${JSON.stringify(setUp.result)}`)
    await makeReady?.(server)
    // What it has noted of its own work is of no operation that others know.
    await host.sh('rm -rf /var/lib/drydock/runs /var/lib/drydock/backups')
    await host.copyFiles(into)
  } finally {
    await host.stop()
  }
}

async function bootFrom(layer: string, to: Installation, { name, image }: Options): Promise<PreparedServer> {
  const host = await bootHost({ name, ...(image === undefined ? {} : { image }), layer })
  try {
    // The key of a host is its own: the application user's comes from the one that was set up.
    // Lists count as new however old the files are: what was fetched by them is there.
    await host.sh(
      'cat /root/.ssh/authorized_keys > /home/app/.ssh/authorized_keys; touch -c /var/lib/drydock/package-lists',
    )
    const server = await to.register(host)
    await to.store.servers.setFlags(server.id, { setupComplete: true })
    return { host, ...server }
  } catch (error) {
    await host.stop()
    throw error
  }
}
