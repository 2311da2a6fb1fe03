import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Guarded, guarded } from '../support/guarded.ts'
import { useHost } from '../support/lab.ts'
import { dockerLog, installDocker, setContainers } from './devices/docker.ts'

const host = useHost({ name: 'batches' })
let it: Guarded

const names = (prefix: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${prefix}-${String(from + index).padStart(2, '0')}`)

beforeAll(async () => {
  await installDocker(host())
  it = await guarded(host(), 'ubuntu')
})
afterAll(() => it.close())

/** Eighteen workers that run. */
const workers = () =>
  host().sh(
    `systemctl stop 'worker-*'; rm -rf /etc/systemd/system/worker-*
    for name in ${names('worker', 1, 18).join(' ')}; do printf '%s\\n' '[Service]' 'ExecStart=/bin/sleep infinity' > /etc/systemd/system/$name.service; done
    systemctl daemon-reload; systemctl start ${names('worker', 1, 18).join(' ')}`,
  )

/** From now on these go down with another one. */
const bind = (units: readonly string[], to: string) =>
  host().sh(
    `for name in ${units.join(' ')}; do mkdir -p /etc/systemd/system/$name.service.d; printf '%s\\n' '[Unit]' 'BindsTo=${to}.service' 'After=${to}.service' > /etc/systemd/system/$name.service.d/bound.conf; done
    systemctl daemon-reload`,
  )

const active = async (): Promise<string[]> =>
  (await host().sh(`systemctl list-units --plain --no-legend --state=active 'worker-*' | awk '{ print $1 }'`)).stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace('.service', ''))

const stopWorkers = `systemctl stop ${names('worker', 1, 18).join(' ')}`

describe('over the bulk limit', () => {
  test('a confirmed stop of eighteen units runs as two batches, and says so before and after', async () => {
    await workers()
    const asked = await it.asks(stopWorkers)
    expect(asked.assessment.split?.batches.map((batch) => batch.length)).toEqual([15, 3])
    expect(asked.assessment.warnings.join(' ')).toContain('It runs in 2 batches of at most 15')
    expect(asked.subject.shown).toContain('batch 2 of 2: systemctl stop')
    expect((await it.confirm(asked)).status).toBe(200)
    expect(await it.ended(asked.operationId)).toMatchObject({
      state: 'succeeded',
      message: expect.stringContaining('Exit status 0'),
    })
    const { stdout } = await it.drydock.store.outputs.result(`${asked.operationId}.command.0.1`, 16_384)
    expect(stdout).toMatch(/batch 1 of 2: .*\nbatch 2 of 2: .*\nall 2 batches ran/)
    expect(await active()).toEqual([])
  })

  test('it ends at the batch after which one of the rest is down, and tells what ran and what did not', async () => {
    await workers()
    const asked = await it.asks(stopWorkers)
    const [first = [], rest = []] = asked.assessment.split?.batches ?? []
    expect([first.length, rest.length]).toEqual([15, 3])
    await bind(rest, first[0] ?? '')
    expect((await it.confirm(asked)).status).toBe(200)
    const ended = await it.ended(asked.operationId)
    expect(ended).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(new RegExp(`Stopped after batch 1 of 2: ${rest[0] ?? ''} is not up any more`)),
    })
    expect(ended.message).toContain(`Not done: ${rest.join(' ')}`)
  })

  test('the approval is for those names: another command is not let through by it', async () => {
    await workers()
    const asked = await it.asks(stopWorkers)
    const other = await it.asks(`systemctl stop ${names('worker', 1, 17).join(' ')}`)
    expect(asked.subject.digest).not.toBe(other.subject.digest)
    expect(await active()).toHaveLength(18)
  })

  test('all containers are stopped batch by batch, what others need last', async () => {
    await setContainers(host(), [
      ...names('app', 1, 17).map((name) => ({ name })),
      { name: 'front', project: 'shop', service: 'front', dependsOn: 'back:service_started:true' },
      { name: 'back', project: 'shop', service: 'back' },
    ])
    const asked = await it.asks('docker stop $(docker ps -q)')
    expect(asked.assessment.split?.batches.map((batch) => batch.length)).toEqual([15, 4])
    expect((await it.confirm(asked)).status).toBe(200)
    expect(await it.ended(asked.operationId)).toMatchObject({
      state: 'succeeded',
      message: expect.stringContaining('Exit status 0'),
    })
    const stops = await dockerLog(host())
    expect(stops).toHaveLength(19)
    expect(stops.indexOf('stop front')).toBeLessThan(stops.indexOf('stop back'))
  })

  test.each([
    'docker stop $(docker ps -q --filter name=app)',
    'docker rm -f $(docker ps -q)',
    'docker stop $(docker ps -q) && rm -rf /srv/app',
  ])('%s is not split: what it would hit is not known to the name', async (command) => {
    await setContainers(
      host(),
      names('app', 1, 18).map((name) => ({ name })),
    )
    expect((await it.asks(command)).assessment.split).toBeNull()
  })
})
