import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LabHost } from '../../lab/index.ts'
import { listen } from '../support/apply-lockdown.ts'
import { expectPortOpen, knock } from '../support/expect.ts'
import { install, type Installation, until } from '../support/installation.ts'
import { changesOf, etcOf, fetchPackages, through } from '../support/lockdowns.ts'
import { prepare } from '../support/prepared-host.ts'

/** Bob has a password and no key, something listens at 8080, and avahi runs, which a server seldom needs. */
const inUse = `useradd -m -s /bin/bash bob && echo bob:correct-horse | chpasswd
printf '[Service]\\nExecStart=sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/avahi-daemon.service
systemctl daemon-reload && systemctl enable --now avahi-daemon && ${listen(8080)}`

const folder = mkdtempSync(join(tmpdir(), 'drydock-cuts-'))
const askpass = join(folder, 'askpass')
let drydock: Installation
let host: LabHost
let server: { id: string; name: string }
beforeAll(async () => {
  writeFileSync(askpass, '#!/bin/sh\nprintf "%s\\n" "$PASSWORD"\n', { mode: 0o700 })
  drydock = await install()
  await drydock.startWorker()
  const makeReady = fetchPackages(drydock)
  const prepared = await prepare(drydock, { name: 'cuts', image: 'bookworm', kept: 'with-packages-fetched', makeReady })
  ;({ host, ...server } = await prepared.boot(drydock))
  const made = await host.sh(inUse)
  expect(made.exitCode, made.stderr).toBe(0)
  const authentication = { method: 'agent' }
  const behind = await drydock.ask('POST', '/v1/servers', {
    name: 'db-1',
    hostname: '198.51.100.9',
    root: { user: 'root', authentication },
    app: { user: 'app', authentication },
    jump: { hostname: host.address, port: host.port, login: { user: 'ops', authentication } },
  })
  expect(behind.status, JSON.stringify(behind.body)).toBe(201)
}, 240_000)
afterAll(async () => {
  await host?.stop()
  await drydock.close()
  rmSync(folder, { recursive: true })
})

/** What bob's own ssh says of a log-in with a password, which it offers three times. */
function bobLogsIn(password = 'correct-horse'): string {
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'PubkeyAuthentication=no']
  const argv = ['-F', 'none', ...options.flatMap((option) => ['-o', option]), `bob@${host.address}`, 'id -un']
  const env = { ...process.env, PASSWORD: password, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' }
  const { stdout, stderr } = spawnSync('ssh', argv, { env, encoding: 'utf8' })
  return stdout.trim() || stderr
}

const avahi = async () => (await host.sh('systemctl is-active avahi-daemon; systemctl is-enabled avahi-daemon')).stdout
const settings = { services: { disable: ['avahi-daemon'] }, revert_after_ms: 600_000 }
const path = () => `/v1/servers/${server.name}/lockdowns`
const cuts = [
  'bob has a password and no key: it cannot log in over SSH any more',
  '8080/tcp is in use by systemd-socket- and is closed',
  'db-1 is reached through this server and would not be any more: set ssh.tcp_forwarding to "local"',
]
const stopped = 'avahi-daemon.service runs and is stopped'

test('a dry run names who loses access, which ports are closed, and what a server seldom needs', async () => {
  const { plan } = await drydock.finish('POST', path(), { dry_run: true })
  const seldom = 'avahi-daemon.service runs, which a server seldom needs: name it under services to have it turned off'
  expect(plan).toMatchObject({ warnings: expect.arrayContaining([...cuts, seldom]) })
  const { plan: without } = await drydock.finish('POST', path(), {
    dry_run: true,
    ssh: { tcp_forwarding: 'local' },
  })
  expect(JSON.stringify(without)).not.toContain('db-1')
}, 120_000)

test('a lockdown that cuts all this asks first, and changes nothing where a person refuses', async () => {
  const before = await etcOf(host)
  const { id } = await drydock.start('POST', path(), settings)
  const approval = await until(() => drydock.store.approvals.forOperation(id), 60_000)
  expect(approval.assessment.warnings).toEqual(expect.arrayContaining([...cuts, stopped]))
  await drydock.ask('POST', `/v1/operations/${id}/approval`, { decision: 'reject' }, 'approver')
  expect((await drydock.ended(id, 60_000)).result).toMatchObject({ state: 'refused' })
  expect(await changesOf(host, before)).toEqual({ gone: [], new: [] })
  expect(await avahi()).toBe('active\nenabled\n')
  expect(bobLogsIn()).toBe('bob')
  await expectPortOpen({ address: host.address, port: 8080 })
}, 120_000)

/** What an audit says of the log-ins of the last day. */
const loginsSeen = async () => {
  const { id } = await drydock.finish('POST', `/v1/servers/${server.name}/audits`, { areas: ['ssh'] })
  const found = await drydock.store.audits.get({ serverId: server.id, id })
  return found?.auditResult.filter((one) => one.id === 'ssh.guessed-logins' || one.id === 'ssh.password-logins')
}

test('an audit names who has come by a password, and whose password was guessed', async () => {
  expect(await loginsSeen()).toMatchObject([
    { status: 'pass' },
    { status: 'warn', evidence: expect.stringMatching(/bob$/) },
  ])
  for (let tries = 0; tries < 4; tries += 1) expect(bobLogsIn('wrong')).toContain('Permission denied')
  expect(bobLogsIn()).toBe('bob')
  expect(await loginsSeen()).toMatchObject([
    { status: 'fail', severity: 'critical', evidence: expect.stringMatching(/bob from \d+\.\d+\.\d+\.\d+$/) },
    { status: 'warn' },
  ])
}, 120_000)

test('confirmed it does just that, and the revert gives all of it back', async () => {
  const locked = await through(drydock, server, 'lockdowns', settings)
  expect(locked.result, JSON.stringify(locked)).toMatchObject({ state: 'succeeded' })
  expect(await avahi()).toBe('inactive\ndisabled\n')
  expect(bobLogsIn()).toContain('Permission denied')
  expect(await knock({ address: host.address, port: 8080 })).toBe('silent')

  const reverted = await through(drydock, server, 'lockdown-reverts', { revert_after_ms: 600_000 })
  expect(reverted.result, JSON.stringify(reverted)).toMatchObject({ state: 'succeeded' })
  expect(await avahi()).toBe('active\nenabled\n')
  expect(bobLogsIn()).toBe('bob')
  await expectPortOpen({ address: host.address, port: 8080 })
}, 240_000)
