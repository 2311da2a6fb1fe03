import { afterAll, beforeAll, expect, test } from 'vitest'
import { install, type Installation } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'

const host = useHost({ name: 'definition', image: 'trixie' })
let drydock: Installation
let server: { id: string; name: string }
beforeAll(async () => {
  drydock = await install()
  await drydock.startWorker()
  server = await drydock.register(host())
})
afterAll(() => drydock.close())

const path = () => `/v1/servers/${server.name}/service-definitions`
const apply = (service: string, definition: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  drydock.finish('POST', path(), { service, definition: { description: 'A test', ...definition }, ...more })
const property = async (name: string, key: string): Promise<string> =>
  (await host().sh(`systemctl show --property=${key} --value ${name}`)).stdout.trim()
const fileOf = async (name: string) => (await host().sh(`cat /etc/systemd/system/${name}.service`)).stdout
const everything = async () =>
  (
    await host().sh(
      'cd /etc/systemd/system && find . -type f -exec sha256sum {} + | sort; find . -type l | sort; ls -A /run | grep drydock-unit',
    )
  ).stdout

test('a definition becomes a service that runs as it says, and a second time nothing is needed', async () => {
  const definition = {
    command: ['/bin/sh', '-c', 'printf "%s\\n" "$0 $GREETING 100%" > /var/tmp/said; exec sleep infinity', '$name'],
    environment: { GREETING: 'good day "to you"' },
    user: 'games',
    limits: { tasks: 20, open_files: 512 },
  }
  const preview = await drydock.finish('POST', path(), {
    service: 'defined',
    definition: { description: 'A test', ...definition },
    dry_run: true,
  })
  expect(preview.plan).toMatchObject({
    steps: [{ id: 'unit.file', file: { before: null, after: expect.stringContaining('User=games') } }, {}, {}],
  })
  expect((await host().sh('ls /etc/systemd/system/defined.service')).exitCode).not.toBe(0)

  const done = await apply('defined', definition)
  expect(done.result, JSON.stringify(done)).toMatchObject({
    state: 'succeeded',
    service: { unit: 'defined.service', active: 'active', enabled: 'enabled' },
  })
  expect((await host().sh('cat /var/tmp/said')).stdout).toBe('$name good day "to you" 100%\n')
  expect(await property('defined', 'User')).toBe('games')
  const again = await apply('defined', definition)
  expect(again.result).toMatchObject({ state: 'unchanged', message: expect.stringContaining('Nothing was needed.') })
  expect(again.steps?.map(({ state }) => state)).toEqual(['unchanged', 'unchanged', 'unchanged'])

  const pid = await property('defined', 'MainPID')
  const changed = await apply('defined', { ...definition, environment: { GREETING: 'hello' } })
  expect(changed.result).toMatchObject({ state: 'succeeded' })
  expect(await property('defined', 'MainPID')).not.toBe(pid)
  expect((await host().sh('cat /var/tmp/said')).stdout).toBe('$name hello 100%\n')
  await host().sh('rm /var/tmp/said')
}, 180_000)

test('a definition with a fault is refused in the words of the analyser, and nothing is changed', async () => {
  const before = await everything()
  const { result } = await apply('faulty', { command: ['/usr/bin/no-such-program'] })
  expect(result).toMatchObject({
    state: 'refused',
    message: expect.stringMatching(
      /systemd-analyze: faulty\.service: Command \/usr\/bin\/no-such-program is not executable/,
    ),
  })
  expect(await everything()).toBe(before)
}, 60_000)

test('a new version that does not come up is taken back: the old one runs from the old file', async () => {
  await apply('kept', { command: ['/bin/sleep', 'infinity'] })
  const [file, before] = [await fileOf('kept'), await everything()]
  const failed = await apply('kept', { command: ['/bin/sh', '-c', 'echo it cannot begin; exit 7'], restart: 'no' })
  expect(failed.result, JSON.stringify(failed)).toMatchObject({
    state: 'rolled_back',
    problem: { details: expect.stringContaining('it cannot begin') },
  })
  expect(await fileOf('kept')).toBe(file)
  expect(await everything()).toBe(before)
  expect([await property('kept', 'ActiveState'), await property('kept', 'NeedDaemonReload')]).toEqual(['active', 'no'])
}, 120_000)

test('a service that was not there and does not come up leaves nothing behind', async () => {
  const before = await everything()
  const { result } = await apply('stillborn', { command: ['/bin/sh', '-c', 'exit 3'], restart: 'no' })
  expect(result).toMatchObject({ state: 'rolled_back' })
  expect(await everything()).toBe(before)
  expect(await property('stillborn', 'LoadState')).toBe('not-found')
}, 60_000)
