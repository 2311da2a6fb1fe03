import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { install, type Installation } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'
import { run } from '../unit/cli/memory.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 })
const host = useHost({ name: 'prerequisites' })
let drydock: Installation
let server: { id: string; name: string }
beforeAll(async () => {
  drydock = await install({ guard: { deny: ['^reboot-it'] } })
  await drydock.startWorker()
  server = await drydock.register(host())
})
afterAll(() => drydock.close())

const unit = { name: 'shop', file: '[Service]\nExecStart=/bin/sleep 1000\n' }
const definition = (change: Record<string, unknown> = {}) => ({
  name: 'shop',
  version: '1.0.0',
  artifact: { source: 'host:/srv/shop.tar.gz', sha256: 'a'.repeat(64) },
  units: [unit],
  ...change,
})
async function look(change: Record<string, unknown> = {}) {
  const body = { definition: definition(change), server: server.name }
  const answer = await drydock.ask('POST', '/v1/applications/shop/prerequisites', body, 'operator')
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body
}

test('a server that is not set up is not looked at further, and the answer says what to do', async () => {
  const seen = await look()
  expect(seen).toMatchObject({ valid: false, server_ready: false, connection_healthy: null, storage_available: null })
  expect(seen.issues).toContain(`${server.name} is not set up yet. Set it up: \`drydock setup ${server.name}\`.`)
})

test('a log-in that is refused is told as such, and what could not be looked at is not called good', async () => {
  await drydock.store.servers.setFlags(server.id, { setupComplete: true, securityLocked: false })
  const seen = await look()
  expect(seen).toMatchObject({
    valid: false,
    server_ready: null,
    connection_healthy: false,
    permissions_valid: null,
    services_running: null,
  })
  expect(JSON.stringify(seen.checks)).toContain(`app on ${server.name}: `)
  await drydock.store.servers.setFlags(server.id, { setupComplete: false, securityLocked: false })
})

test('a server that is set up is ready, but for what the application needs and is not there', async () => {
  const done = await drydock.finish('POST', `/v1/servers/${server.name}/setups`, { packages: [] })
  expect(done.result, JSON.stringify(done)).toMatchObject({ state: 'succeeded' })
  const seen = await look()
  expect(seen, JSON.stringify(seen)).toMatchObject({
    valid: true,
    server_ready: true,
    connection_healthy: true,
    storage_available: true,
    services_running: true,
    permissions_valid: true,
    issues: [],
    warnings: expect.arrayContaining([expect.stringContaining('is not locked down yet.')]),
  })
  const other = await look({
    units: [{ name: 'nobody-brings-it' }],
    artifact: { ...definition().artifact, kind: 'zip' },
  })
  expect(other).toMatchObject({ valid: false, server_ready: true, services_running: false })
  expect(JSON.stringify(other.issues)).toContain('There is no unit nobody-brings-it.service')
  const hooked = await look({ hooks: { before: [{ run: 'reboot-it now' }] } })
  expect(hooked).toMatchObject({ valid: false, issues: [expect.stringContaining('reboot-it')] })
  expect((await host().sh('ls -d /srv/shop')).exitCode).not.toBe(0)
})

test('maintenance stands in the way with its reason, here and in the readiness of the server', async () => {
  await drydock.ask('PATCH', `/v1/servers/${server.name}`, { maintenance: true, maintenance_reason: 'new disks' })
  expect(await look()).toMatchObject({ valid: false, server_ready: false, connection_healthy: true })
  const { body } = await drydock.ask('GET', `/v1/servers/${server.name}/readiness`, undefined, 'viewer')
  expect(body).toMatchObject({
    setup_complete: true,
    ready: false,
    connection_healthy: null,
    checks: expect.arrayContaining([
      {
        kind: 'maintenance',
        result: 'failed',
        because: `${server.name} is in maintenance: new disks.`,
        next: `Wait for its end, or end it: \`drydock server maintenance ${server.name} --off\`.`,
      },
    ]),
  })
})

test('the command line says it line by line, and ends with 1 where one thing is missing', async () => {
  const file = join(drydock.folder, 'shop.yaml')
  writeFileSync(file, JSON.stringify(definition()))
  const ask = () =>
    run(['deploy', file, '--prerequisites', '--server', server.name], {
      fetch: (input, init) => {
        const { pathname, search } = new URL(input instanceof Request ? input.url : String(input))
        return drydock.send(`${pathname}${search}`, init)
      },
    })
  const told = await ask()
  expect([told.code, told.stdout]).toEqual([
    1,
    expect.stringContaining(`✗ ${server.name} is in maintenance: new disks.`),
  ])
  await drydock.ask('PATCH', `/v1/servers/${server.name}`, { maintenance: false })
  const ready = await ask()
  expect([ready.code, ready.stdout]).toEqual([0, expect.stringContaining(`${server.name} is ready for shop`)])
})
