import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from 'vitest'
import { bootHost, type LabHost } from '../../lab/index.ts'
import { install, type Installation, until } from '../support/installation.ts'

let drydock: Installation
let host: LabHost
let server: { id: string; name: string }
beforeAll(async () => {
  drydock = await install()
  await drydock.startWorker()
})
afterAll(() => drydock.close())
beforeEach(async () => {
  host = await bootHost({ name: 'recovery' })
  server = await drydock.register(host)
})
afterEach(() => host.stop())

const setups = () => `/v1/servers/${server.name}/setups`
/** One small package: what setup installs by default takes its time. */
const small = { packages: ['unzip'] }
/** apt that answers, and fails at the one thing that setup needs last. */
const breakPackages = () =>
  host.sh(
    `mv /usr/bin/dpkg /usr/bin/dpkg.real && printf '#!/bin/sh\\ncase "$*" in *--unpack*|*--configure*) echo "dpkg: broken on purpose" >&2; exit 2;; esac\\nexec /usr/bin/dpkg.real "$@"\\n' > /usr/bin/dpkg && chmod 755 /usr/bin/dpkg`,
  )
const mendPackages = () => host.sh('mv /usr/bin/dpkg.real /usr/bin/dpkg')
const stateOf = (steps: { id: string; state: string }[] | undefined, id: string) =>
  steps?.find((step) => step.id === id)?.state

test('a failing package step takes back user, keys and sudo file; resume plans again and succeeds once the cause is mended', async () => {
  await breakPackages()
  const failed = await drydock.finish('POST', setups(), small)
  expect(failed.result).toMatchObject({ state: 'rolled_back', problem: { code: 'COMMAND_FAILED' } })
  expect((await host.sh('id app')).exitCode).not.toBe(0)
  expect((await host.sh('ls /home/app /etc/sudoers.d/drydock-app /opt/app')).stdout).toBe('')
  expect((await drydock.store.servers.get(server.id))?.setupComplete).toBe(false)

  await mendPackages()
  const resumed = await drydock.finish('POST', `/v1/operations/${failed.id}/resumption`, {})
  expect(resumed.result?.state).toBe('succeeded')
  expect((await host.sh('id app && sudo -u app sudo -n true')).exitCode).toBe(0)
})

test('taking back that a power cut interrupts is done again, and is whole', async () => {
  await breakPackages()
  await host.sh(
    `printf '#!/bin/sh\n[ -e /var/tmp/seen ] || { : > /var/tmp/seen; sync; exec sleep 600; }\nexec /usr/sbin/userdel "$@"\n' > /usr/local/sbin/userdel && chmod 755 /usr/local/sbin/userdel`,
  )
  const { id } = await drydock.start('POST', setups(), small)
  await until(async () => ((await host.sh('test -e /var/tmp/seen')).exitCode === 0 ? true : null), 100_000)
  await host.reboot('power_cut')
  const ended = await drydock.ended(id, 100_000)
  expect(ended.result).toMatchObject({ state: 'rolled_back', problem: { code: 'COMMAND_FAILED' } })
  expect((await host.sh('id app')).exitCode).not.toBe(0)
  expect((await host.sh('ls /home/app /etc/sudoers.d/drydock-app /opt/app')).stdout).toBe('')
})

test('a setup that keeps what it did is resumed at the failed step: the steps before it are not run again', async () => {
  await breakPackages()
  const failed = await drydock.finish('POST', setups(), { ...small, on_failure: 'keep' })
  expect(failed.result?.state).toBe('failed')
  expect((await host.sh('id app')).exitCode).toBe(0)

  await mendPackages()
  const resumed = await drydock.finish('POST', `/v1/operations/${failed.id}/resumption`, {})
  expect(resumed.result?.state).toBe('succeeded')
  expect(stateOf(resumed.steps, 'user')).toBe('unchanged')
  expect(stateOf(resumed.steps, 'sudo')).toBe('unchanged')
  expect(stateOf(resumed.steps, 'packages')).toBe('applied')
})

test('cancelling a running command leaves nothing of it on the server within five seconds', async () => {
  const { id } = await drydock.start('POST', `/v1/servers/${server.name}/commands`, {
    command: 'sleep 600',
    timeout_ms: 900_000,
  })
  await until(async () => ((await host.sh('pgrep -x sleep')).exitCode === 0 ? true : null))
  const asked = Date.now()
  await drydock.ask('POST', `/v1/operations/${id}/cancellation`, {}, 'operator')
  await until(async () => ((await host.sh('pgrep -x sleep')).exitCode !== 0 ? true : null))
  expect(Date.now() - asked).toBeLessThan(5_000)
  const ended = await drydock.ended(id)
  expect(ended.result?.state).toBe('cancelled')
})

test('a command over its limit is ended on the server and told as such', async () => {
  const ended = await drydock.finish('POST', `/v1/servers/${server.name}/commands`, {
    command: 'sleep 600',
    timeout_ms: 1_500,
  })
  expect(ended.result).toMatchObject({ state: 'failed', message: expect.stringContaining('its limit') })
  expect((await host.sh('pgrep -x sleep')).exitCode).not.toBe(0)
})

test('a killed worker loses nothing: the next one attaches to the run, and the server saw it once', async () => {
  const own = await install()
  try {
    const here = await own.register(host)
    const first = await own.startWorker()
    const { id } = await own.start('POST', `/v1/servers/${here.name}/commands`, {
      command:
        'echo begun >> /root/log; for i in 1 2 3 4 5 6; do echo line $i; sleep 0.5; done; echo ended >> /root/log',
    })
    await until(async () => ((await host.sh('grep -c begun /root/log')).stdout.trim() === '1' ? true : null))
    await first.kill9()
    await own.startWorker()
    const ended = await own.ended(id, 60_000)
    expect(ended.result?.state).toBe('succeeded')
    expect((await host.sh('cat /root/log')).stdout).toBe('begun\nended\n')
    const output = await own.ask('GET', `/v1/operations/${id}`)
    expect(JSON.stringify(output.body)).toContain('"exited"')
  } finally {
    await own.close()
  }
})

test('while no worker runs the operation says so', async () => {
  const own = await install()
  try {
    const here = await own.register(host)
    const { id } = await own.start('POST', `/v1/servers/${here.name}/commands`, { command: 'true' })
    expect(await own.operation(id)).toMatchObject({ state: 'waiting', reason: 'worker' })
    await own.startWorker()
    expect((await own.ended(id)).result?.state).toBe('succeeded')
  } finally {
    await own.close()
  }
})

test('a second setup is answered with the running one, and another operation waits and names the holder', async () => {
  const changing = 'touch /root/held; sleep 100'
  const { id: holderId } = await drydock.start('POST', `/v1/servers/${server.name}/commands`, { command: changing })
  await until(async () => ((await host.sh('pgrep -x sleep')).exitCode === 0 ? true : null))
  const { id } = await drydock.start('POST', setups(), small)
  const told = await until(async () => {
    const now = await drydock.operation(id)
    return now.reason === 'server_lock' ? now : null
  })
  expect(told).toMatchObject({ state: 'waiting', detail: expect.stringContaining(holderId) })
  const second = await drydock.ask('POST', setups(), small, 'operator')
  expect(second.status).toBe(409)
  expect(JSON.stringify(second.body)).toContain(id)
  await drydock.ask('POST', `/v1/operations/${holderId}/cancellation`, {}, 'operator')
  expect((await drydock.ended(id, 90_000)).result?.state).toBe('succeeded')
})

test('a host that stays out of reach with a command running ends the operation as unknown, not as running for ever', async () => {
  const own = await install({
    ssh: { outOfReachMs: 2_000, connectTimeoutMs: 1_500, keepAliveMs: 1_000, keepAliveCount: 2 },
  })
  try {
    const here = await own.register(host)
    await own.startWorker()
    const path = `/v1/servers/${here.name}/commands`
    const { id } = await own.start('POST', path, { command: 'sleep 60', timeout_ms: 2_000 })
    await until(async () => ((await host.sh('pgrep -x sleep')).exitCode === 0 ? true : null))
    await host.cutNetwork()
    const ended = await own.ended(id, 90_000)
    expect(ended.result).toMatchObject({ state: 'unknown', message: expect.stringContaining('Nobody can tell') })
  } finally {
    await host.restoreNetwork()
    await own.close()
  }
})
