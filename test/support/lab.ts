import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type BootOptions, type LabHost, bootHost, isLabPossible } from '../../lab/index.ts'

/**
 * A fresh host for the tests of a file or a describe block, booted before them and gone after them. Where no host can
 * be had, they are skipped and say why.
 */
export function useHost(o: BootOptions): () => LabHost {
  let host: LabHost | undefined
  let because: string | null = null
  beforeAll(async () => {
    const answer = await isLabPossible()
    if (answer.possible) host = await bootHost(o)
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
