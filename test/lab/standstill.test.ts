import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Guarded, guarded } from '../support/guarded.ts'
import { useHost } from '../support/lab.ts'
import { setState } from './devices/tool.ts'
import { makeUnraid, mdstat } from './devices/unraid.ts'

const host = useHost({ name: 'standstill' })
let it: Guarded
beforeAll(async () => {
  await makeUnraid(host())
  it = await guarded(host(), 'unraid')
  await it.drydock.store.servers.setFlags(it.server.id, { setupComplete: true, securityLocked: false })
}, 120_000)
afterAll(() => it.close())

const deploy = () =>
  it.drydock.finish('POST', '/v1/applications/shop/deployments', {
    definition: {
      name: 'shop',
      version: '1.0.0',
      artifact: { source: 'host:/srv/shop.tar.gz', sha256: 'a'.repeat(64) },
      units: [{ name: 'shop' }],
    },
    server: it.server.name,
  })

test('nothing is deployed on an array in the middle of a parity check, and the answer says how far that is', async () => {
  await setState(host(), 'mdstat', mdstat({ running: true, position: 488_381_276 }))
  const { id, result } = await deploy()
  expect(result, JSON.stringify(result)).toMatchObject({ state: 'refused' })
  expect(result?.message).toMatch(/middle of something.*50 %.*0 h 54 min left\. Wait for its end\./)
  expect(await it.drydock.store.runs.ofOperation(id)).toEqual([])
  expect((await host().sh('ls -d /srv/shop')).exitCode).not.toBe(0)
})

test('an idle array is no reason: what is missing there is', async () => {
  await setState(host(), 'mdstat', mdstat())
  expect((await deploy()).result).toMatchObject({
    state: 'refused',
    message: expect.stringContaining('There is no unit shop'),
  })
})
