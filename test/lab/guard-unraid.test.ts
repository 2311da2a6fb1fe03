import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { checkOf, type Guarded, guarded } from '../support/guarded.ts'
import { useHost } from '../support/lab.ts'
import { addContainer, dockerLog, setContainers } from './devices/docker.ts'
import { setState } from './devices/tool.ts'
import { makeUnraid, mdstat } from './devices/unraid.ts'

const host = useHost({ name: 'tower' })
const stopAll = 'docker stop $(docker ps -q)'
const twelve = Array.from({ length: 12 }, (_, index) => ({ name: `app-${index + 1}` }))
let it: Guarded

beforeAll(async () => {
  await makeUnraid(host())
  it = await guarded(host(), 'unraid')
})
beforeEach(async () => {
  await setState(host(), 'mdstat', mdstat())
  await setContainers(host(), [])
})
afterAll(() => it.close())

describe('on an Unraid host', () => {
  test('twelve running containers are counted, the phrase says twelve, and one more started meanwhile asks again', async () => {
    await setContainers(host(), [...twelve, { name: 'old', running: false }])
    const asked = await it.asks(stopAll)
    expect(asked.assessment).toMatchObject({
      affectedCount: 12,
      countIsEstimate: false,
      phrase: 'yes, stop all 12 containers',
      // 12 is high by its number, and more than the 5 that one act may hit on Unraid.
      risk: 'critical',
    })
    await addContainer(host(), { name: 'app-13' })
    expect((await it.confirm(asked)).status).toBe(200)
    const again = await it.asksAgain(asked)
    expect(again.assessment).toMatchObject({ affectedCount: 13, phrase: 'yes, stop all 13 containers' })
    expect(await dockerLog(host())).toEqual([])
    expect((await it.confirm(again)).status).toBe(200)
    expect(await it.ended(asked.operationId)).toMatchObject({ state: 'succeeded' })
    expect(await dockerLog(host())).toHaveLength(13)
  })

  test.each([stopAll, 'docker rm -f $(docker ps -aq)', '/usr/local/bin/mdcmd stop', 'reboot'])(
    'while a parity check runs nobody can confirm %s, and the answer says how far it is',
    async (command) => {
      await setContainers(host(), twelve)
      await setState(host(), 'mdstat', mdstat({ running: true, position: 488_381_276 }))
      const { id, result } = await it.ends(command)
      expect(result).toMatchObject({ state: 'refused' })
      // 488,381,276 KB are left, at 150,000 KB a second.
      expect(result?.message).toMatch(/parity.*50 %.*0 h 54 min left/i)
      expect(await it.drydock.store.approvals.forOperation(id)).toBeNull()
      const trail = await it.drydock.store.audit.list({ filters: { operationId: id }, limit: 20 })
      expect(trail.map(({ action }) => action)).toContain('guard.denied')
      expect(await dockerLog(host())).toEqual([])
    },
  )

  test('a parity check that begins after a person was asked refuses what was confirmed', async () => {
    await setContainers(host(), twelve)
    const asked = await it.asks(stopAll)
    await setState(host(), 'mdstat', mdstat({ running: true, position: 1_000 }))
    expect((await it.confirm(asked)).status).toBe(200)
    expect(await it.ended(asked.operationId)).toMatchObject({ state: 'refused' })
    expect(await dockerLog(host())).toEqual([])
  })

  test('one named container still stops while a parity check runs', async () => {
    await setContainers(host(), twelve)
    await setState(host(), 'mdstat', mdstat({ running: true, position: 1_000 }))
    expect((await it.ends('docker stop app-3')).result).toMatchObject({ state: 'succeeded' })
  })

  test('array, parity, mover and cache are looked at, and what is wrong comes with advice', async () => {
    await setContainers(host(), twelve)
    const fine = await it.asks(stopAll)
    expect(fine.assessment.deviceChecks.map(({ result }) => result)).toEqual(['passed', 'passed', 'passed', 'passed'])
    await setState(host(), 'mdstat', mdstat({ disabled: 1, position: 97_676_255 }))
    await host().sh('echo $$ > /var/run/mover.pid; echo 1 > /var/run/mover.pid')
    const wrong = await it.asks(stopAll)
    expect(checkOf(wrong, 'The array')).toMatchObject({
      result: 'failed',
      detail: expect.stringContaining('1 disks are disabled'),
    })
    expect(checkOf(wrong, 'No parity')).toMatchObject({
      result: 'failed',
      detail: expect.stringContaining('paused at 10 %'),
    })
    expect(checkOf(wrong, 'The mover')).toMatchObject({ result: 'failed', detail: expect.stringContaining('at work') })
    await host().sh('rm /var/run/mover.pid')
  })

  test('protected containers raise the risk and are left out where the product makes the list', async () => {
    await setContainers(host(), [{ name: 'webui' }, { name: 'unraid-api' }, ...twelve.slice(0, 5)])
    const { assessment } = await it.asks(stopAll)
    expect(assessment.warnings.join(' ')).toContain(
      'Protected on this kind of device and hit as well: unraid-api, webui',
    )
    expect(assessment.batches.flat()).not.toContain('webui')
    expect(assessment.alternatives[0]?.text).toContain('Left out, because they are protected: unraid-api, webui')
  })

  test('more than five are split into batches of five, which run as they stand, with a health check between', async () => {
    await setContainers(host(), twelve)
    const { assessment } = await it.asks(stopAll)
    expect(assessment.batches.map((batch) => batch.length)).toEqual([5, 5, 2])
    const [split] = assessment.alternatives
    expect(split).toMatchObject({ guarded: true })
    const asked = await it.asks(split?.command ?? '')
    expect((await it.confirm(asked)).status).toBe(200)
    expect(await it.ended(asked.operationId)).toMatchObject({ state: 'succeeded' })
    expect(await dockerLog(host())).toHaveLength(12)
  })

  test('stacks, restart policies and what depends on it are told, and the way back starts what is needed first', async () => {
    await setContainers(host(), [
      { name: 'shop-web-1', project: 'shop', service: 'web', dependsOn: 'app:service_started:true' },
      { name: 'shop-app-1', project: 'shop', service: 'app', dependsOn: 'db:service_healthy:true' },
      { name: 'shop-db-1', project: 'shop', service: 'db', volumes: ['shop_data'] },
      { name: 'vpn', restart: 'no' },
      { name: 'torrent', networkOf: 'vpn' },
    ])
    const all = await it.asks(stopAll)
    expect(all.assessment.warnings.join(' ')).toMatch(/shop \(all 3\).*No restart policy: vpn/)
    const { command = '' } = all.assessment.rollback ?? {}
    expect(command).toMatch(/docker start .*shop-db-1 shop-app-1 shop-web-1/)
    const some = await it.asks('docker kill vpn shop-db-1 nothing')
    expect(some.assessment.dependencies.slice(0, 3)).toEqual(['torrent', 'shop-web-1', 'shop-app-1'])
    const items = new Map(some.assessment.checklist.map((item) => [item.id, item]))
    expect(items.get('dependencies')?.detail).toContain('torrent')
    const removed = await it.asks('docker rm -f $(docker ps -aq)')
    expect(removed.assessment.warnings.join(' ')).toContain('shop_data')
    const settings = removed.assessment.checklist.find(({ id }) => id === 'container-settings')
    expect(settings).toMatchObject({ result: 'failed', detail: expect.stringContaining('torrent, vpn') })
  })

  test('what was stopped is brought back by one operation, what others need first, and that it runs is proved', async () => {
    await setContainers(host(), [
      { name: 'a-web', project: 'shop', service: 'web', dependsOn: 'db:service_started:true' },
      { name: 'b-db', project: 'shop', service: 'db' },
    ])
    const asked = await it.asks(stopAll)
    await it.confirm(asked)
    expect(await it.ended(asked.operationId)).toMatchObject({ state: 'succeeded' })
    const path = `/v1/operations/${asked.operationId}/rollback`
    expect((await it.drydock.finish('POST', path, {})).result).toMatchObject({ state: 'succeeded' })
    expect((await dockerLog(host())).slice(2)).toEqual(['start b-db', 'start a-web'])
    await host().sh('rm -r /var/lib/device/docker/b-db')
    expect((await it.drydock.finish('POST', path, {})).result).toMatchObject({ state: 'failed' })
  })

  test.each(['/mnt/user/media', '/mnt/disk1/films', '/boot/config'])('%s is protected', async (path) => {
    await host().sh(`mkdir -p ${path}`)
    const { assessment } = await it.asks(`rm -rf ${path}`)
    expect(assessment.findings[0]?.action).toBe('filesystem_bulk_delete')
  })

  test.each(['nginx', 'php-fpm', 'smbd'])('%s is a service that the device needs', async (service) => {
    const { assessment } = await it.asks(`systemctl stop ${service}`)
    expect(assessment.risk).toBe('high')
    expect(assessment.warnings.join(' ')).toContain(`The device itself needs ${service}`)
  })
})
