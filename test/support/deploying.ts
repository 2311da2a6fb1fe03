import { afterAll, beforeAll } from 'vitest'
import { type ArtifactServer, serveArtifacts } from './artifacts.ts'
import { install, type Installation } from './installation.ts'
import { prepare, type PreparedServer } from './prepared-host.ts'

export type Deploying = {
  readonly drydock: Installation
  readonly server: PreparedServer
  readonly artifacts: ArtifactServer
}

/** For the tests of a file: Drydock with a worker, a server that is set up and made ready, and somewhere to fetch artifacts from. */
export function useDeploying(o: Parameters<typeof prepare>[1]): Deploying {
  let made: Deploying | undefined
  const open: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    const drydock = await install()
    open.push(() => drydock.close())
    await drydock.startWorker()
    const prepared = await prepare(drydock, o)
    open.push(() => prepared.close())
    const server = await prepared.boot(drydock)
    open.push(() => server.host.stop())
    const artifacts = await serveArtifacts(server.host)
    open.push(() => artifacts.close())
    made = { drydock, server, artifacts }
  }, 600_000)
  afterAll(async () => {
    for (let close = open.pop(); close !== undefined; close = open.pop()) await close()
  })
  const up = (): Deploying => {
    if (made === undefined) throw new Error(`The server ${o.name} is not up yet: ask for it inside a test`)
    return made
  }
  return {
    get drydock() {
      return up().drydock
    },
    get server() {
      return up().server
    },
    get artifacts() {
      return up().artifacts
    },
  }
}
