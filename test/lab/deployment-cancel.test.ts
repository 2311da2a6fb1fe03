import { expect, test } from 'vitest'
import { bringNginx, definition, packed, sitePort, touchable } from '../support/behind-nginx.ts'
import { until } from '../support/installation.ts'
import { keepAsking, type Requests } from '../support/requests.ts'
import { useDeploying } from '../support/deploying.ts'

const at = useDeploying({ name: 'cancel', kept: 'with-nginx', makeReady: bringNginx })
let asking: Requests

const start = (version: string, strategy: Record<string, unknown>, change: Record<string, unknown> = {}) =>
  at.drydock.start('POST', '/v1/applications/hello/deployments', {
    definition: definition(version, packed(at.artifacts, version), { strategy, ...change }),
    server: at.server.name,
  })

test('the first version serves from one instance', async () => {
  const { id } = await start('1.0.0', { kind: 'blue-green' })
  const done = await at.drydock.ended(id, 120_000)
  expect(done.result, JSON.stringify(done)).toMatchObject({ state: 'succeeded' })
  asking = await keepAsking(`http://${at.server.host.address}:${sitePort}/`)
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

test.each(
  stages.map(([stage, strategy], index) => ({ stage, strategy, kind: strategy.kind, version: `2.0.${index}` })),
)(
  '$kind, cancelled at $stage, ends at the old version, and no request fails but where all stop',
  async ({ stage, strategy, version }) => {
    const before = await touchable(at.server.host)
    await asking.look()
    const { id } = await start(version, strategy, { hooks, settle: '2s' })
    await until(async () => ((await hasBegun(id, stage)) ? true : null), 60_000)
    const { status } = await at.drydock.ask('POST', `/v1/operations/${id}/cancellation`, {}, 'operator')
    expect(status).toBe(202)
    const { result } = await at.drydock.ended(id, 120_000)
    const seen = await asking.look()
    expect(result).toMatchObject({ state: 'cancelled', message: expect.stringMatching(/steps were taken back/) })
    expect(await touchable(at.server.host)).toEqual(before)
    if (strategy.kind !== 'recreate') expect(seen.failures.slice(0, 5)).toEqual([])
    const answer = await fetch(`http://${at.server.host.address}:${sitePort}/`)
    expect(await answer.text()).toBe('1.0.0 blue\n')
    const { body } = await at.drydock.ask('GET', '/v1/applications/hello/releases')
    expect(body.items).toMatchObject([{ version: '1.0.0', active: true }])
    expect(await at.drydock.store.locks.holder(at.server.id)).toBe(null)
  },
  180_000,
)

async function hasBegun(id: string, stage: string): Promise<boolean> {
  const { result, steps = [] } = await at.drydock.operation(id)
  expect(result, JSON.stringify(result)).toBe(null)
  return steps.some((step) => step.id === stage && step.state !== 'pending')
}
