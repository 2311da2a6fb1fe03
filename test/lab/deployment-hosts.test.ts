import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ArtifactServer, serveArtifacts } from '../support/artifacts.ts'
import { bringNginx, definition, packed, sitePort } from '../support/behind-nginx.ts'
import { install, type Installation, type Operation, until } from '../support/installation.ts'
import { type Prepared, type PreparedServer, prepare } from '../support/prepared-host.ts'
import { keepAsking } from '../support/requests.ts'

let drydock: Installation
let prepared: Prepared
let servers: PreparedServer[] = []
const artifacts: ArtifactServer[] = []
beforeAll(async () => {
  drydock = await install()
  await drydock.startWorker()
  prepared = await prepare(drydock, { name: 'hosts', kept: 'with-nginx', makeReady: bringNginx })
  for (const _ of [1, 2, 3]) servers = [...servers, await prepared.boot(drydock)]
  const [first] = servers
  if (first !== undefined) artifacts.push(await serveArtifacts(first.host))
}, 600_000)
afterAll(async () => {
  await Promise.all(artifacts.map((one) => one.close()))
  await drydock.close()
  await Promise.all(servers.map(({ host }) => host.stop()))
  await prepared.close()
})

const urls = () => servers.map(({ host }) => `http://${host.address}:${sitePort}/`)
const served = (): Promise<string[]> =>
  Promise.all(urls().map(async (url) => (await (await fetch(url)).text()).split(' ')[0] ?? ''))
const pack = (version: string) => {
  const [server] = artifacts
  if (server === undefined) throw new Error('nobody serves artifacts')
  return packed(server, version)
}

const start = (
  version: string,
  strategy: Record<string, unknown>,
  change: Record<string, unknown> = {},
): Promise<Operation> =>
  drydock.start('POST', '/v1/applications/hello/deployments', {
    definition: definition(version, pack(version), {
      hosts: servers.map(({ name }) => name),
      strategy,
      settle: '1s',
      ...change,
    }),
  })

/** A hundred requests a second at the three, each in its turn: nobody before them hides what one of them does not answer. */
async function underLoad(strategy: Record<string, unknown>, version: string): Promise<void> {
  const before = await served()
  const asking = await keepAsking(urls())
  const begun = await start(version, strategy)
  const done = await drydock.ended(begun.id, 180_000)
  const seen = await asking.stop()
  console.log(
    `${String(strategy.kind)} on three hosts: ${seen.answers.length + seen.failed} requests, ${seen.perSecond} a second (the latest ${seen.latestMs} ms late), ${seen.failures.length} failed`,
  )
  expect(done.result, JSON.stringify(done.result)).toMatchObject({ state: 'succeeded' })
  expect(seen.failures).toEqual([])
  expect(new Set(seen.answers.map((answer) => answer.split(' ')[1]))).toEqual(new Set([...before, version]))
  expect(await served()).toEqual([version, version, version])
  expect(seen.perSecond).toBeGreaterThanOrEqual(95)
}

test('a first deployment brings the release to each of the hosts', async () => {
  const begun = await start('1.0.0', { kind: 'rolling', batch: 3 })
  expect((await drydock.ended(begun.id, 180_000)).result).toMatchObject({ state: 'succeeded' })
  expect(await served()).toEqual(['1.0.0', '1.0.0', '1.0.0'])
}, 240_000)

test('rolling: host after host, without one failed request', async () => {
  await underLoad({ kind: 'rolling' }, '2.0.0')
}, 240_000)

test('blue-green: all hosts at the same time, without one failed request', async () => {
  await underLoad({ kind: 'blue-green' }, '3.0.0')
}, 240_000)

test('canary: one host first, the others once it has been watched, without one failed request', async () => {
  await underLoad({ kind: 'canary', share: 30, watch: '4s', least: 20, batch: 2 }, '4.0.0')
}, 240_000)

test('a release that fails on one host after the switch goes back on all of them, and no request fails', async () => {
  const asking = await keepAsking(urls())
  const [, second] = servers
  // The hook finds one host that it does not like.
  const hooks = { after: [{ run: `test "$(hostname)$(cat /tmp/refuses 2> /dev/null)" != hostsyes`, as: 'root' }] }
  await second?.host.sh('printf yes > /tmp/refuses')
  const begun = await start('5.0.0', { kind: 'blue-green' }, { hooks })
  const { result } = await drydock.ended(begun.id, 180_000)
  const seen = await asking.stop()
  expect(result).toMatchObject({
    state: 'rolled_back',
    message: expect.stringContaining(`${second?.name}: rolled_back`),
  })
  expect([seen.failures, await served()]).toEqual([[], ['4.0.0', '4.0.0', '4.0.0']])
}, 240_000)

test('a rolling deployment that is cancelled on its way has every host back at the release before, and no request fails', async () => {
  const asking = await keepAsking(urls())
  const begun = await start('6.0.0', { kind: 'rolling' })
  await until(async () => ((await served())[1] === '6.0.0' ? true : null), 120_000)
  expect((await drydock.ask('POST', `/v1/operations/${begun.id}/cancellation`, {}, 'operator')).status).toBe(202)
  const { result } = await drydock.ended(begun.id, 180_000)
  const seen = await asking.stop()
  expect(result).toMatchObject({
    state: 'cancelled',
    message: expect.stringContaining('went back to what served before'),
  })
  expect([seen.failures, await served()]).toEqual([[], ['4.0.0', '4.0.0', '4.0.0']])
  const { body } = await drydock.ask('GET', '/v1/applications/hello/releases')
  expect(body.items).toEqual(expect.arrayContaining([expect.objectContaining({ version: '4.0.0', active: true })]))
  expect(body.items).not.toEqual(expect.arrayContaining([expect.objectContaining({ version: '6.0.0', active: true })]))
}, 240_000)
