import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ArtifactServer, serveArtifacts } from '../support/artifacts.ts'
import { bringNginx, definition, packed, sitePort } from '../support/behind-nginx.ts'
import { install, type Installation, type Operation } from '../support/installation.ts'
import { type Prepared, type PreparedServer, prepare } from '../support/prepared-host.ts'
import { keepAsking } from '../support/requests.ts'

let drydock: Installation
let prepared: Prepared
let server: PreparedServer
let artifacts: ArtifactServer
beforeAll(async () => {
  drydock = await install()
  await drydock.startWorker()
  prepared = await prepare(drydock, { name: 'strategies', kept: 'with-nginx', makeReady: bringNginx })
  server = await prepared.boot(drydock)
  artifacts = await serveArtifacts(server.host)
}, 600_000)
afterAll(async () => {
  await artifacts.close()
  await drydock.close()
  await server.host.stop()
  await prepared.close()
})

const url = () => `http://${server.host.address}:${sitePort}/`
const onHost = async (script: string): Promise<string> => (await server.host.sh(script)).stdout.trim()
const running = (): Promise<string> =>
  onHost(`systemctl list-units --plain --no-legend --state=active 'hello@*' | awk '{print $1}' | sort`)

const deploy = (
  version: string,
  strategy: Record<string, unknown>,
  change: Record<string, unknown> = {},
): Promise<Operation> =>
  drydock.finish('POST', '/v1/applications/hello/deployments', {
    definition: definition(version, packed(artifacts, version), { strategy, ...change }),
    server: server.name,
  })

/** A hundred requests a second while a release takes the place of another: every one is counted, none may fail. */
async function underLoad(strategy: Record<string, unknown>, version: string, was: string) {
  const asking = await keepAsking(url())
  const done = await deploy(version, strategy)
  const seen = await asking.stop()
  const versions = [...new Set(seen.answers.map((answer) => answer.split(' ')[1]))]
  console.log(
    `${String(strategy.kind)}: ${seen.answers.length + seen.failed} requests, ${seen.perSecond} a second (the latest ${seen.latestMs} ms late), ${seen.failures.length} failed, longest gap ${seen.longestGapMs} ms`,
  )
  expect(done.result, JSON.stringify(done)).toMatchObject({ state: 'succeeded' })
  expect([seen.failures, versions]).toEqual([[], [was, version]])
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
  await underLoad({ kind: 'blue-green' }, '2.0.0', '1.0.0')
  expect(await running()).toBe('hello@green.service')
  expect(await onHost('systemctl is-enabled hello@blue hello@green')).toBe('disabled\nenabled')
}, 240_000)
