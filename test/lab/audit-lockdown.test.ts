import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LabHost } from '../../lab/index.ts'
import type { Audit } from '../../schema/audit.ts'
import { install, type Installation } from '../support/installation.ts'
import { fetchPackages, through } from '../support/lockdowns.ts'
import { prepare } from '../support/prepared-host.ts'

const minutes = 60_000
let drydock: Installation
let host: LabHost
let server: { id: string; name: string }
beforeAll(async () => {
  drydock = await install()
  await drydock.startWorker()
  const makeReady = fetchPackages(drydock)
  const prepared = await prepare(drydock, { name: 'audit-lockdown', kept: 'with-packages-fetched', makeReady })
  ;({ host, ...server } = await prepared.boot(drydock))
  // The image masks them, so that nothing moves in other tests.
  await host.sh('systemctl unmask apt-daily.timer apt-daily-upgrade.timer')
}, 3 * minutes)
afterAll(async () => {
  await host?.stop()
  await drydock?.close()
})

async function audit(): Promise<Audit> {
  const { id, result } = await drydock.finish('POST', `/v1/servers/${server.name}/audits`, {})
  const found = await drydock.store.audits.get({ serverId: server.id, id })
  if (found === null) throw new Error(result?.message)
  return found
}

const mendedByLockdown = ({ recommendations }: Audit): string[] =>
  recommendations.filter(({ fix }) => fix?.operation === 'lockdown').map(({ id }) => id)

test('what an audit says that lockdown mends is mended by it, and the score says so', {
  timeout: 8 * minutes,
}, async () => {
  const before = await audit()
  expect(mendedByLockdown(before).length).toBeGreaterThan(10)
  const locked = await through(drydock, server, 'lockdowns', { revert_after_ms: 600_000 })
  expect(locked.result, JSON.stringify(locked.result)).toMatchObject({ state: 'succeeded' })
  const after = await audit()
  expect(mendedByLockdown(after)).toEqual([])
  expect(after.recommendations.map(({ risk }) => risk).filter((risk) => risk !== 'low')).toEqual([])
  expect(before.securityScore).toBeLessThan(70)
  expect(after.securityScore).toBeGreaterThan(95)
  expect(after.privilege).toBe('root')
})

test('a timer that somebody has masked is left alone, and lockdown and audit say the same of it', {
  timeout: 4 * minutes,
}, async () => {
  const masked = await host.sh('systemctl mask --now apt-daily-upgrade.timer')
  expect(masked.exitCode, masked.stderr).toBe(0)
  const said = 'somebody has masked apt-daily-upgrade.timer: updates do not run by it until it is unmasked'
  const preview = await drydock.finish('POST', `/v1/servers/${server.name}/lockdowns`, { dry_run: true })
  expect(preview.plan).toMatchObject({ warnings: expect.arrayContaining([said]) })
  const { auditResult, ...audited } = await audit()
  expect(auditResult.find(({ id }) => id === 'updates.timers')).toMatchObject({ status: 'fail', evidence: said })
  expect(mendedByLockdown({ auditResult, ...audited })).toEqual([])
})
