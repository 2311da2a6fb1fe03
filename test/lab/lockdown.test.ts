import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { images, type LabHost } from '../../lab/index.ts'
import { expectLogin, expectLoginRefused } from '../support/expect.ts'
import { install, type Installation } from '../support/installation.ts'
import { changesOf, etcOf, fetchPackages, through } from '../support/lockdowns.ts'
import { prepare } from '../support/prepared-host.ts'

/** A machine that is busy with other tests takes its time. */
const patient = { revert_after_ms: 600_000 }
const minutes = 60_000

let drydock: Installation
beforeAll(async () => {
  drydock = await install()
  await drydock.startWorker()
})
afterAll(() => drydock.close())

describe.each(images)('a prepared %s server', { timeout: 4 * minutes }, (image) => {
  let host: LabHost
  let server: { id: string; name: string }
  let before: string[]
  const login = (user: string) => {
    const { address, port, keyPath, hostKeys } = host
    return { address, port, keyPath, hostKeys, user }
  }
  const isLocked = async () => (await drydock.store.servers.get(server.id))?.securityLocked
  const lockdowns = () => `/v1/servers/${server.name}/lockdowns`
  beforeAll(async () => {
    const makeReady = fetchPackages(drydock)
    const prepared = await prepare(drydock, { name: 'lockdown', image, kept: 'with-packages-fetched', makeReady })
    ;({ host, ...server } = await prepared.boot(drydock))
    const { name: stranger } = await drydock.register(host)
    const early = await drydock.ask('POST', `/v1/servers/${stranger}/lockdowns`, {}, 'operator')
    expect([early.status, early.body.code]).toEqual([400, 'PRECONDITION_FAILED'])
    before = await etcOf(host)
  })
  afterAll(() => host.stop())

  test('shows what lockdown would change, and changes nothing', async () => {
    const preview = await drydock.finish('POST', lockdowns(), { dry_run: true })
    expect(preview.result).toMatchObject({ state: 'unchanged' })
    expect(JSON.stringify(preview.plan)).toContain('PermitRootLogin')
    expect(await etcOf(host)).toEqual(before)
  })

  test('is locked: root is refused, the application user gets in by key and uses sudo, and nothing waits to be undone', async () => {
    const done = await through(drydock, server, 'lockdowns', patient)
    expect(done.result, JSON.stringify(done)).toMatchObject({ state: 'succeeded' })
    expect(await isLocked()).toBe(true)
    await expectLoginRefused(login('root'))
    expect(await expectLogin(login('app'), 'sudo -n id -un')).toBe('root\n')
    expect((await host.sh('ls /etc/systemd/system | grep drydock; ls /var/lib/drydock/reverts/*/armed')).stdout).toBe(
      '',
    )
  })

  test('is contacted by nobody but the application user from then on', async () => {
    const since = (await host.sh('journalctl -u ssh --no-pager | wc -l')).stdout.trim()
    const asRoot = await drydock.finish('POST', `/v1/servers/${server.name}/commands`, {
      command: 'id -un',
      as_root: true,
    })
    expect(asRoot.result).toMatchObject({ state: 'succeeded' })
    const log = (await host.sh(`journalctl -u ssh --no-pager | tail -n +${since}`)).stdout
    expect(log).not.toMatch(/(?:Accepted|Failed) \S+ for root/)
    const pool = await drydock.ask('GET', '/v1/pool')
    expect(JSON.stringify(pool.body)).not.toContain('"user":"root"')
  })

  test('is unchanged by a second lockdown', async () => {
    const between = await etcOf(host)
    const again = await through(drydock, server, 'lockdowns', patient)
    expect(again.result, JSON.stringify(again)).toMatchObject({ state: 'unchanged' })
    expect(await isLocked()).toBe(true)
    expect(await etcOf(host)).toEqual(between)
  })

  test('gets every file back by the revert, once a person has confirmed it', async () => {
    const reverted = await through(drydock, server, 'lockdown-reverts', patient)
    expect(reverted.result, JSON.stringify(reverted)).toMatchObject({ state: 'succeeded' })
    expect(await isLocked()).toBe(false)
    expect(await changesOf(host, before)).toEqual({ gone: [], new: [] })
    expect(await expectLogin(login('root'))).toBe('root\n')
  })
})
