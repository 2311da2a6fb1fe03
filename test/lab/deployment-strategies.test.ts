import { expect, test } from 'vitest'
import { bringNginx, definition, packed, program, sitePort } from '../support/behind-nginx.ts'
import { type Operation, until } from '../support/installation.ts'
import { keepAsking } from '../support/requests.ts'
import { useDeploying } from '../support/deploying.ts'

const at = useDeploying({ name: 'strategies', kept: 'with-nginx', makeReady: bringNginx })

const url = () => `http://${at.server.host.address}:${sitePort}/`
const served = async (): Promise<string> => (await (await fetch(url())).text()).split(' ')[0] ?? ''
const onHost = async (script: string): Promise<string> => (await at.server.host.sh(script)).stdout.trim()
const running = (): Promise<string> =>
  onHost(`systemctl list-units --plain --no-legend --state=active 'hello@*' | awk '{print $1}' | sort`)

const deploy = (
  version: string,
  strategy: Record<string, unknown>,
  change: Record<string, unknown> = {},
): Promise<Operation> =>
  at.drydock.finish('POST', '/v1/applications/hello/deployments', {
    definition: definition(version, packed(at.artifacts, version), { strategy, ...change }),
    server: at.server.name,
  })

/** A hundred requests a second while a release takes the place of another: every one is counted, none may fail. */
async function underLoad(strategy: Record<string, unknown>, version: string) {
  const was = await served()
  // Some take a second, so that many are under way whenever somebody stops.
  const [asking, slow] = await Promise.all([keepAsking(url()), keepAsking(`${url()}slow`, 100)])
  const done = await deploy(version, strategy)
  const [seen, seenSlow] = await Promise.all([asking.stop(), slow.stop()])
  const versions = [...new Set(seen.answers.map((answer) => answer.split(' ')[1]))]
  console.log(
    `${String(strategy.kind)}: ${seen.answers.length + seen.failed} requests, ${seen.perSecond} a second (the latest ${seen.latestMs} ms late), ${seen.failures.length} failed, longest gap ${seen.longestGapMs} ms; of ${seenSlow.answers.length + seenSlow.failed} slow ones ${seenSlow.failures.length}`,
  )
  expect(done.result, JSON.stringify(done)).toMatchObject({ state: 'succeeded' })
  expect([seen.failures, seenSlow.failures, versions]).toEqual([[], [], [was, version]])
  expect(seen.perSecond).toBeGreaterThanOrEqual(95)
  return seen
}

test('a first deployment brings one instance, its unit, and the upstream of nginx', async () => {
  const done = await deploy('1.0.0', { kind: 'blue-green' })
  expect(done.result, JSON.stringify(done)).toMatchObject({ state: 'succeeded' })
  expect(await (await fetch(url())).text()).toBe('1.0.0 blue\n')
  expect(await running()).toBe('hello@blue.service')
}, 240_000)

test('blue-green: the other instance takes over without one failed request, and the old one stops', async () => {
  await underLoad({ kind: 'blue-green' }, '2.0.0')
  expect(await running()).toBe('hello@green.service')
  expect(await onHost('systemctl is-enabled hello@blue hello@green')).toBe('disabled\nenabled')
}, 240_000)

test('the release before comes back by the same switch, at once and without a failed request', async () => {
  const asking = await keepAsking(url())
  const back = await at.drydock.finish('POST', '/v1/applications/hello/rollbacks', {})
  const seen = await asking.stop()
  expect(back.result, JSON.stringify(back)).toMatchObject({ state: 'succeeded' })
  expect(seen.failures).toEqual([])
  expect(await running()).toBe('hello@blue.service')
  expect(await (await fetch(url())).text()).toBe('1.0.0 blue\n')
}, 240_000)

test('rolling: both instances get the release, each without requests while it restarts', async () => {
  await underLoad({ kind: 'rolling' }, '3.0.0')
  expect(await running()).toBe('hello@blue.service\nhello@green.service')
  const seen = await underLoad({ kind: 'rolling' }, '3.1.0')
  expect(new Set(seen.answers.filter((answer) => answer.includes('3.1.0')))).toEqual(
    new Set(['200 3.1.0 blue', '200 3.1.0 green']),
  )
}, 240_000)

test('canary: a share of the requests goes to the new release for its watch period, then all', async () => {
  const seen = await underLoad({ kind: 'canary', share: 20, watch: '8s', least: 50 }, '4.0.0')
  const first = seen.answers.findIndex((answer) => answer.includes('4.0.0'))
  const last = seen.answers.findLastIndex((answer) => !answer.includes('4.0.0'))
  const watched = seen.answers.slice(first, last)
  const share = watched.filter((answer) => answer.includes('4.0.0')).length / watched.length
  console.log(`canary: ${Math.round(share * 100)} of 100 among ${watched.length} answers while both served`)
  expect(watched.length).toBeGreaterThan(500)
  expect(share).toBeGreaterThan(0.15)
  expect(share).toBeLessThan(0.25)
}, 240_000)

test('canary: a release that answers badly goes back, and most of the askers never meet it', async () => {
  const before = [await served(), await running(), await onHost('readlink /srv/hello/current')]
  const asking = await keepAsking(url())
  const artifact = packed(at.artifacts, '5.0.0', program('5.0.0', 2))
  const failed = await at.drydock.finish('POST', '/v1/applications/hello/deployments', {
    definition: definition('5.0.0', artifact, { strategy: { kind: 'canary', share: 10, watch: '1m' } }),
    server: at.server.name,
  })
  const seen = await asking.stop()
  expect(failed.result, JSON.stringify(failed)).toMatchObject({ state: 'rolled_back' })
  expect(failed.result?.message).toMatch(/\d+ of \d+ answers of the new release had a status of 500 or above/)
  expect([await served(), await running(), await onHost('readlink /srv/hello/current')]).toEqual(before)
  // What fails are the canary's own bad answers, and nothing else.
  expect(seen.failures.filter((failure) => !failure.endsWith(' 500'))).toEqual([])
  console.log(`a bad canary: ${seen.failures.length} of ${seen.answers.length} answers were bad before it went back`)
  expect(seen.failures.length / seen.answers.length).toBeLessThan(0.06)
}, 240_000)

test('canary: a person decides whether it goes on; who rejects it has the old release back', async () => {
  const before = await served()
  const begin = async (): Promise<string> => {
    const strategy = { kind: 'canary', share: 50, watch: '1s', least: 0, gate: '1m' }
    const started = await at.drydock.start('POST', '/v1/applications/hello/deployments', {
      definition: definition('6.0.0', packed(at.artifacts, '6.0.0'), { strategy }),
      server: at.server.name,
    })
    await until(
      async () => ((await at.drydock.operation(started.id)).state === 'awaiting_approval' ? true : null),
      60_000,
    )
    return started.id
  }
  const decide = (id: string, decision: Record<string, unknown>) =>
    at.drydock.ask('POST', `/v1/operations/${id}/approval`, decision, 'approver')

  const rejected = await begin()
  const both = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(served))
  expect([...new Set(both)].toSorted()).toEqual([before, '6.0.0'])
  expect((await decide(rejected, { decision: 'reject', reason: 'not today' })).body).toMatchObject({
    outcome: 'rejected',
  })
  const { result } = await at.drydock.ended(rejected)
  expect(result).toMatchObject({ state: 'rolled_back', message: expect.stringContaining('not today') })
  expect(await served()).toBe(before)

  const confirmed = await begin()
  const phrase = (await at.drydock.store.approvals.forOperation(confirmed))?.assessment.phrase
  expect((await decide(confirmed, { decision: 'confirm', phrase })).body).toMatchObject({ outcome: 'confirmed' })
  expect((await at.drydock.ended(confirmed)).result).toMatchObject({ state: 'succeeded' })
  expect(await served()).toBe('6.0.0')
}, 240_000)

test('a proxy file that nginx refuses changes nothing of what serves', async () => {
  const before = await served()
  const proxy = { nginx: { site: 'server { listen 8000; nonsense; }' } }
  const failed = await deploy('8.0.0', { kind: 'blue-green' }, { proxy })
  expect(failed.result).toMatchObject({ state: 'rolled_back', message: expect.stringContaining('nonsense') })
  expect((await at.server.host.sh('nginx -t')).exitCode).toBe(0)
  expect(await served()).toBe(before)
}, 240_000)

test('recreate: nobody answers between the stop and the start, and the gap is told', async () => {
  const asking = await keepAsking(url())
  const done = await deploy('9.0.0', { kind: 'recreate' })
  const seen = await asking.stop()
  expect(done.result, JSON.stringify(done)).toMatchObject({ state: 'succeeded' })
  const times = seen.failures.map((failure) => Number(failure.split(' ')[0]))
  const gap = Math.max(...times) - Math.min(...times)
  console.log(`recreate: ${seen.failures.length} of ${seen.answers.length} requests failed, in a gap of ${gap} ms`)
  expect(seen.failures.length).toBeGreaterThan(0)
}, 240_000)
