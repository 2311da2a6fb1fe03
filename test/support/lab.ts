import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type BootOptions, type LabHost, bootHost, ensureLayer, isLabPossible } from '../../lab/index.ts'

/**
 * A fresh host for the tests of a file or a describe block, booted before them and gone after them. Where no host can
 * be had, they are skipped and say why.
 */
export function useHost(o: BootOptions & { packages?: readonly string[] }): () => LabHost {
  let host: LabHost | undefined
  let because: string | null = null
  beforeAll(async () => {
    const answer = await isLabPossible()
    if (answer.possible) host = await bootWith(o.packages ?? [], o)
    else because = answer.because
  })
  beforeEach(({ skip }) => {
    if (because !== null) skip(because)
  })
  afterAll(() => host?.stop())
  return () => {
    if (host === undefined) throw new Error(`The host ${o.name} is not up yet: ask for it inside a test`)
    return host
  }
}

/** Boots a fresh host on which packages are installed: once, by the distribution's own tool, and kept in the cache. */
export async function bootWith(packages: readonly string[], o: BootOptions): Promise<LabHost> {
  if (packages.length === 0) return bootHost(o)
  const purpose = { name: `with-${packages.join('-')}`, image: o.image ?? 'bookworm', makings: '' }
  const layer = await ensureLayer(purpose, async (into) => {
    const host = await bootHost(o)
    try {
      const installed = await host.sh(
        `apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install ${packages.join(' ')}`,
      )
      if (installed.exitCode !== 0) throw new Error(`${packages.join(', ')} cannot be installed: ${installed.stderr}`)
      await host.copyFiles(into)
    } finally {
      await host.stop()
    }
  })
  return bootHost({ ...o, layer })
}
