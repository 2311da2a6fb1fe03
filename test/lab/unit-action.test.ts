import { afterAll, beforeAll, expect, test } from 'vitest'
import { install, type Installation, until, type WorkerProcess } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'

const host = useHost({ name: 'units' })
let drydock: Installation
let worker: WorkerProcess
let server: { id: string; name: string }
beforeAll(async () => {
  drydock = await install()
  worker = await drydock.startWorker()
  server = await drydock.register(host())
})
afterAll(() => drydock.close())

/** Puts a unit file on the host; a test has units of its own. */
async function given(name: string, ...text: readonly string[]): Promise<void> {
  const file = `/etc/systemd/system/${name}.service`
  const made = await host().sh(`printf '%s\\n' '${text.join('\n')}' > ${file} && systemctl daemon-reload`)
  expect(made, made.stderr).toMatchObject({ exitCode: 0 })
}
const property = async (name: string, key: string): Promise<string> =>
  (await host().sh(`systemctl show --property=${key} --value ${name}`)).stdout.trim()
const act = (action: string, service: string, more: Record<string, unknown> = {}) =>
  drydock.finish('POST', `/v1/servers/${server.name}/service-actions`, { action, service, ...more })

test('a unit is started, found to run already, restarted, enabled and stopped, and each end says what it is then', async () => {
  await given('web', '[Service]', 'ExecStart=/bin/sleep infinity', '[Install]', 'WantedBy=multi-user.target')
  const started = await act('start', 'web')
  const pid = Number(await property('web', 'MainPID'))
  expect(started.result, JSON.stringify(started)).toMatchObject({
    state: 'succeeded',
    message: `web.service is active (running), disabled, main process ${pid}.`,
    service: { unit: 'web.service', active: 'active', main_pid: pid, restarts: 0 },
  })
  expect((await act('start', 'web.service')).result).toMatchObject({
    state: 'unchanged',
    message: expect.stringContaining('Nothing was needed. web.service is active (running)'),
  })
  expect((await act('restart', 'web')).result).toMatchObject({ state: 'succeeded' })
  expect(Number(await property('web', 'MainPID'))).not.toBe(pid)
  expect((await act('enable', 'web')).result).toMatchObject({ state: 'succeeded', service: { enabled: 'enabled' } })
  expect((await act('enable', 'web')).result).toMatchObject({ state: 'unchanged' })
  const off = await act('disable', 'web', { now: true })
  expect(off.result).toMatchObject({ state: 'succeeded', service: { enabled: 'disabled', active: 'inactive' } })
  expect((await act('stop', 'web')).result).toMatchObject({ state: 'unchanged' })
}, 120_000)

test('a unit that fails at its start fails the action, with the last lines of its journal', async () => {
  await given('broken', '[Service]', 'ExecStart=/bin/sh -c "echo no configuration at /etc/broken.conf; exit 3"')
  const { result } = await act('start', 'broken')
  expect(result).toMatchObject({
    state: 'failed',
    message: expect.stringContaining('broken.service is failed (failed, result exit-code, exit status 3), not up.'),
    problem: { details: expect.stringContaining('no configuration at /etc/broken.conf') },
  })
}, 60_000)

test('a unit that dies again and again is not called up, and one that hangs is not waited for longer than told', async () => {
  await given('loop', '[Service]', 'Restart=always', 'RestartSec=100ms', 'ExecStart=/bin/sh -c "sleep 0.3; exit 4"')
  await given('hang', '[Service]', 'Type=notify', 'ExecStart=/bin/sh -c "echo never ready; exec sleep infinity"')
  const loop = await act('start', 'loop', { timeout_ms: 4_000 })
  expect(loop.result).toMatchObject({ state: 'failed', message: expect.stringMatching(/failed|does not stay up/) })
  const hang = await act('start', 'hang', { timeout_ms: 3_000 })
  expect(hang.result).toMatchObject({
    state: 'failed',
    message: expect.stringContaining('hang.service is activating (start), not up.'),
    problem: { details: expect.stringContaining('never ready') },
  })
  await host().sh('systemctl stop loop hang')
}, 60_000)

test('enabling with a start that fails is taken back', async () => {
  await given('stillborn', '[Service]', 'ExecStart=/bin/false', '[Install]', 'WantedBy=multi-user.target')
  const { result } = await act('enable', 'stillborn', { now: true })
  expect(result).toMatchObject({ state: 'rolled_back' })
  expect(await property('stillborn', 'UnitFileState')).toBe('disabled')
}, 60_000)

test('a unit that is not there is refused before anything is done', async () => {
  const { result } = await act('restart', 'nowhere-to-be-seen')
  expect(result).toMatchObject({
    state: 'refused',
    message: expect.stringContaining('there is no unit nowhere-to-be-seen.service'),
  })
}, 60_000)

test('stopping what the machine needs waits for a person, and a refusal leaves it running', async () => {
  const { id } = await drydock.start('POST', `/v1/servers/${server.name}/service-actions`, {
    action: 'stop',
    service: 'systemd-journald',
  })
  const asked = await until(async () => {
    const now = await drydock.operation(id)
    return now.state === 'awaiting_approval' ? now : null
  })
  expect(asked.steps ?? []).toEqual([])
  await drydock.ask('POST', `/v1/operations/${id}/approval`, { decision: 'reject' }, 'approver')
  const ended = await until(async () => {
    const now = await drydock.operation(id)
    return now.result === null ? null : now
  })
  expect(ended.result).toMatchObject({ state: 'refused' })
  expect(await property('systemd-journald', 'ActiveState')).toBe('active')
}, 60_000)

test('a worker killed while a unit stops leaves an action that ends right, and nothing is done twice', async () => {
  await given(
    'slow',
    '[Service]',
    'ExecStart=/bin/sleep infinity',
    'ExecStop=/bin/sh -c "echo stop >> /var/tmp/stops; while [ ! -e /var/tmp/go ]; do sleep 0.1; done"',
  )
  await host().sh('systemctl start slow')
  const { id } = await drydock.start('POST', `/v1/servers/${server.name}/service-actions`, {
    action: 'stop',
    service: 'slow',
  })
  await until(async () => ((await host().sh('test -e /var/tmp/stops')).exitCode === 0 ? true : null))
  await worker.kill9()
  await host().sh(': > /var/tmp/go')
  worker = await drydock.startWorker()
  const ended = await until(async () => {
    const now = await drydock.operation(id)
    return now.result === null ? null : now
  }, 120_000)
  expect(ended.result, JSON.stringify(ended)).toMatchObject({ state: 'succeeded', service: { active: 'inactive' } })
  expect((await host().sh('cat /var/tmp/stops')).stdout).toBe('stop\n')
}, 180_000)

test('the list and a look at one unit say what systemd says', async () => {
  await given('shown', '[Unit]', 'Description=Shown to people', '[Service]', 'ExecStart=/bin/sleep infinity')
  await host().sh('systemctl start shown')
  const list = JSON.parse(await drydock.read(`/v1/servers/${server.name}/services?state=active`))
  expect(list.items).toContainEqual(
    expect.objectContaining({
      unit: 'shown.service',
      active: 'active',
      sub: 'running',
      description: 'Shown to people',
    }),
  )
  expect(list.items.map(({ active }: { active: string }) => active)).not.toContain('inactive')
  const one = JSON.parse(await drydock.read(`/v1/servers/${server.name}/services/shown`))
  expect(one).toMatchObject({
    unit: 'shown.service',
    main_pid: Number(await property('shown', 'MainPID')),
    path: '/etc/systemd/system/shown.service',
    result: 'success',
    since: expect.stringMatching(/^20\d\d-/),
  })
  expect(one.dependencies.requires).toContain('system.slice')
  const { status, body } = await drydock.ask('GET', `/v1/servers/${server.name}/services/not-there`)
  expect([status, body.code]).toEqual([404, 'NOT_FOUND'])
}, 60_000)
