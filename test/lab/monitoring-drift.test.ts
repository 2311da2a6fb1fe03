import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectLogin, expectLoginRefused } from '../support/expect.ts'
import { install, type Installation, until } from '../support/installation.ts'
import { through } from '../support/lockdowns.ts'
import { prepare, type PreparedServer } from '../support/prepared-host.ts'

const sshOnly = {
  firewall: { enabled: false },
  fail2ban: { enabled: false },
  automatic_updates: false,
  kernel: { enabled: false },
  ssh: { max_auth_tries: 3 },
  revert_after_ms: 600_000,
}

let drydock: Installation
let at: PreparedServer
beforeAll(async () => {
  drydock = await install({ audit: { monitoring: { normalMs: 3_000, elevatedMs: 3_000 } } })
  await drydock.startWorker()
  at = await (await prepare(drydock, { name: 'drift', image: 'trixie', kept: 'set-up' })).boot(drydock)
  const locked = await through(drydock, at, 'lockdowns', sshOnly)
  expect(locked.result, JSON.stringify(locked)).toMatchObject({ state: 'succeeded' })
}, 240_000)
afterAll(async () => {
  await at?.host.stop()
  await drydock.close()
})

const path = () => `/v1/servers/${at.name}/monitoring`
const login = (user: string) => {
  const { address, port, keyPath, hostKeys } = at.host
  return { address, port, keyPath, hostKeys, user }
}
const rounds = async () => (await drydock.store.audits.list({ serverId: at.id, limit: 200 })).length
const drifts = async () =>
  (await drydock.store.audit.list({ filters: { action: 'audit.alert' }, limit: 20 })).filter(
    ({ parameters }) => parameters.event === 'drift',
  )
/** Somebody takes away what the lockdown has written. */
const loosen = () => at.host.sh('rm /etc/ssh/sshd_config.d/00-drydock.conf; systemctl reload ssh')
const stop = () => drydock.ask('DELETE', path(), undefined, 'operator')

test('a server that drifts from its profile is told of, once, and left as it is unless that was asked for', {
  timeout: 120_000,
}, async () => {
  await drydock.start('POST', path(), { areas: ['ssh'] })
  await until(async () => ((await rounds()) > 0 ? true : null), 60_000)
  await loosen()
  const [alert] = await until(async () => ((await drifts()).length > 0 ? drifts() : null), 60_000)
  expect(alert?.parameters.checks).toContain('ssh.password-authentication')
  const seen = await rounds()
  await until(async () => ((await rounds()) > seen + 1 ? true : null), 60_000)
  expect(await drifts()).toHaveLength(1)
  expect(await expectLogin(login('root'))).toBe('root\n')
  expect((await stop()).status).toBe(202)
})

test('where that was asked for it is locked down again, with what was asked for the last time', {
  timeout: 240_000,
}, async () => {
  const again = await through(drydock, at, 'lockdowns', sshOnly)
  expect(again.result).toMatchObject({ state: 'succeeded' })
  const before = await rounds()
  const watch = await until(async () => {
    const { status, body } = await drydock.ask('POST', path(), { areas: ['ssh'], on_drift: 'lockdown' }, 'operator')
    return status === 202 ? body : null
  }, 30_000)
  await until(async () => ((await rounds()) > before ? true : null), 60_000)
  await loosen()
  const repair = await until(
    async () =>
      (await drydock.store.operations.list({ server: at.id, kind: 'lockdown', limit: 1 })).find(
        ({ parent, result }) => parent !== null && result !== null,
      ) ?? null,
    120_000,
  )
  expect(repair, JSON.stringify(repair)).toMatchObject({
    state: 'succeeded',
    title: expect.stringContaining('drifted'),
  })
  expect(JSON.stringify(watch)).toContain(repair.parent)
  await expectLoginRefused(login('root'))
  expect((await at.host.sh('sshd -T')).stdout).toContain('maxauthtries 3\n')
  const seen = await rounds()
  await until(async () => ((await rounds()) > seen + 1 ? true : null), 60_000)
  const lockdowns = await drydock.store.operations.list({ server: at.id, kind: 'lockdown', limit: 10 })
  expect(lockdowns.filter(({ parent }) => parent !== null)).toHaveLength(1)
  expect((await stop()).status).toBe(202)
})
