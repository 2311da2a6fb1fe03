import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ArtifactServer, serveArtifacts } from '../support/artifacts.ts'
import { bringNginx, definition, packed, sitePort, touchable } from '../support/behind-nginx.ts'
import { install, type Installation, until } from '../support/installation.ts'
import { type Prepared, type PreparedServer, prepare } from '../support/prepared-host.ts'
import { keepAsking, type Requests } from '../support/requests.ts'

let drydock: Installation
let prepared: Prepared
let server: PreparedServer
let artifacts: ArtifactServer
let asking: Requests
beforeAll(async () => {
  drydock = await install()
  await drydock.startWorker()
  prepared = await prepare(drydock, { name: 'cancel', kept: 'with-nginx', makeReady: bringNginx })
  server = await prepared.boot(drydock)
  artifacts = await serveArtifacts(server.host)
}, 600_000)
afterAll(async () => {
  await artifacts.close()
  await drydock.close()
  await server.host.stop()
  await prepared.close()
})

const start = (version: string, strategy: Record<string, unknown>, change: Record<string, unknown> = {}) =>
  drydock.start('POST', '/v1/applications/hello/deployments', {
    definition: definition(version, packed(artifacts, version), { strategy, ...change }),
    server: server.name,
  })

test('the first version serves from one instance', async () => {
  const { id } = await start('1.0.0', { kind: 'blue-green' })
  const done = await drydock.ended(id, 120_000)
  expect(done.result, JSON.stringify(done)).toMatchObject({ state: 'succeeded' })
  asking = await keepAsking(`http://${server.host.address}:${sitePort}/`)
}, 180_000)

/** Each lasts long enough to be hit; a hook that is not ended would be waited for. */
const hooks = { before: [{ run: 'sleep 2' }], after: [{ run: 'sleep 2' }] }
const canary = { kind: 'canary', share: 50, watch: '30s', least: 0 }

const stages: readonly (readonly [string, Record<string, unknown>])[] = [
  ['release.unpack', { kind: 'blue-green' }],
  ['hook.before-0', { kind: 'blue-green' }],
  ['green-0.restart', { kind: 'blue-green' }],
  ['green.settle', { kind: 'blue-green' }],
  ['proxy.switch', { kind: 'blue-green' }],
  ['settle', { kind: 'blue-green' }],
  ['hook.after-0', { kind: 'blue-green' }],
  ['blue-0.stop', { kind: 'blue-green' }],
  ['blue-0.restart', { kind: 'rolling' }],
  ['canary.watch', canary],
  ['green-0.restart', { kind: 'recreate' }],
]

test.each(stages.map(([stage, strategy], at) => ({ stage, strategy, kind: strategy.kind, version: `2.0.${at}` })))(
  '$kind, cancelled at $stage, ends at the old version, and no request fails but where all stop',
  async ({ stage, strategy, version }) => {
    const before = await touchable(server.host)
    await asking.look()
    const { id } = await start(version, strategy, { hooks, settle: '2s' })
    await until(async () => ((await hasBegun(id, stage)) ? true : null), 60_000)
    const { status } = await drydock.ask('POST', `/v1/operations/${id}/cancellation`, {}, 'operator')
    expect(status).toBe(202)
    const { result } = await drydock.ended(id, 120_000)
    const seen = await asking.look()
    expect(result).toMatchObject({ state: 'cancelled', message: expect.stringMatching(/steps were taken back/) })
    expect(await touchable(server.host)).toEqual(before)
    if (strategy.kind !== 'recreate') expect(seen.failures.slice(0, 5)).toEqual([])
    const answer = await fetch(`http://${server.host.address}:${sitePort}/`)
    expect(await answer.text()).toBe('1.0.0 blue\n')
    const { body } = await drydock.ask('GET', '/v1/applications/hello/releases')
    expect(body.items).toMatchObject([{ version: '1.0.0', active: true }])
    expect(await drydock.store.locks.holder(server.id)).toBe(null)
  },
  180_000,
)

async function hasBegun(id: string, stage: string): Promise<boolean> {
  const { result, steps = [] } = await drydock.operation(id)
  expect(result, JSON.stringify(result)).toBe(null)
  return steps.some((step) => step.id === stage && step.state !== 'pending')
}
