import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { checkOf, type Guarded, guarded } from '../support/guarded.ts'
import { useHost } from '../support/lab.ts'
import { haStatus, makeProxmox, pvecmStatus } from './devices/proxmox.ts'
import { setState } from './devices/tool.ts'
import { makeZfs, zfsList, zpoolStatus } from './devices/zfs.ts'

const host = useHost({ name: 'storage' })

describe('on a Proxmox host', () => {
  let it: Guarded
  const stopAll = "qm list | awk 'NR>1{print $1}' | xargs -n1 qm stop"
  beforeAll(async () => {
    await makeProxmox(host())
    it = await guarded(host(), 'proxmox')
  })
  beforeEach(async () => {
    await setState(host(), 'pvecm', pvecmStatus(3))
    await setState(host(), 'ha', haStatus([['vm:100', 'started']]))
  })
  afterAll(() => it.close())

  test('guests are counted by number and name, machines and containers alike, and their way back is known', async () => {
    const { assessment } = await it.asks(stopAll)
    expect(assessment).toMatchObject({ countIsEstimate: false, affectedCount: 5 })
    expect(assessment.affectedItems).toEqual(['100 web', '101 db', '102 old', '200 dns', '201 mail'])
    expect(assessment.rollback?.command).toBe('qm start 100 && qm start 101 && pct start 200 && pct start 201')
    expect(checkOf(await it.asks('reboot'), 'Guests')?.detail).toBe('4 run: 100 web, 101 db, 200 dns, 201 mail.')
  })

  test('quorum is looked at, and its loss after a person was asked asks again', async () => {
    const asked = await it.asks('reboot')
    expect(checkOf(asked, 'The cluster')).toMatchObject({ result: 'passed', detail: 'Quorate: 3 of 3 votes.' })
    await setState(host(), 'pvecm', pvecmStatus(1))
    expect((await it.confirm(asked)).status).toBe(200)
    const again = await it.asksAgain(asked)
    expect(checkOf(again, 'The cluster')).toMatchObject({
      result: 'failed',
      detail: expect.stringMatching(/no quorum: 1 of 3 votes.*read-only/),
    })
    expect(await it.drydock.store.runs.ofOperation(asked.operationId)).toEqual([])
  })

  test('a host that is in no cluster is not called without quorum', async () => {
    await host().sh('rm /var/lib/device/pvecm')
    expect(checkOf(await it.asks('reboot'), 'The cluster')).toMatchObject({ result: 'passed' })
  })

  test('guests that HA moves and backups that run speak against it', async () => {
    await setState(
      host(),
      'ha',
      haStatus([
        ['vm:100', 'migrate'],
        ['ct:200', 'started'],
      ]),
    )
    await host().sh('echo "lock: backup" > /etc/pve/lxc/201.conf')
    const asked = await it.asks('qm destroy 100 --purge')
    expect(checkOf(asked, 'No guest')).toMatchObject({
      result: 'failed',
      detail: expect.stringContaining('vm:100 migrate'),
    })
    expect(checkOf(asked, 'No backup')).toMatchObject({
      result: 'failed',
      detail: expect.stringContaining('guest 201 is locked: backup'),
    })
    await host().sh('rm /etc/pve/lxc/201.conf')
  })

  test('a guest without a backup is critical, one with a fresh and whole one is not, and one that is broken or old is', async () => {
    const file = '/var/lib/vz/dump/vzdump-lxc-200-2026_01_02-03_04_05.tar.gz'
    expect(await backupAfter(it, `echo other | gzip > ${file.replace('200', '101')}`)).toMatchObject({
      risk: 'critical',
      result: 'failed',
    })
    expect(await backupAfter(it, `echo whole | gzip > ${file}`)).toMatchObject({
      risk: 'high',
      result: 'passed',
      detail: expect.stringMatching(/vzdump-lxc-200.*0 min old.*reads whole/),
    })
    expect(await backupAfter(it, `echo broken > ${file}`)).toMatchObject({
      risk: 'critical',
      detail: expect.stringContaining('cannot be read'),
    })
    expect(await backupAfter(it, `echo whole | gzip > ${file}; touch -d '9 days ago' ${file}`)).toMatchObject({
      risk: 'critical',
      detail: expect.stringContaining('9 days old'),
    })
  })

  test.each(['/etc/pve/qemu-server', '/var/lib/vz/images'])('%s is protected', async (path) => {
    const { assessment } = await it.asks(`rm -rf ${path}`)
    expect(assessment.findings.map(({ action }) => action)).toContain('filesystem_bulk_delete')
  })

  test.each(['pveproxy', 'corosync', 'ceph-osd@1'])('%s is a service that the device needs', async (service) => {
    expect((await it.asks(`systemctl stop ${service}`)).assessment.warnings.join(' ')).toContain(
      `The device itself needs ${service}`,
    )
  })
})

/** What the checklist says of backups when these lie there. */
async function backupAfter(it: Guarded, prepare: string) {
  await host().sh(`rm -f /var/lib/vz/dump/*; ${prepare}`)
  const { assessment } = await it.asks('pct destroy 200')
  return { risk: assessment.risk, ...assessment.checklist.find(({ id }) => id === 'backup') }
}

describe('on a host with ZFS', () => {
  let it: Guarded
  beforeAll(async () => {
    await makeZfs(host())
    it = await guarded(host(), 'nas')
  })
  beforeEach(() => setState(host(), 'zpool', zpoolStatus('none')))
  afterAll(() => it.close())

  test('everything in a pool is counted, and without a backup it is critical', async () => {
    const { assessment } = await it.asks('zpool destroy tank')
    expect(assessment).toMatchObject({
      risk: 'critical',
      affectedCount: 4,
      countIsEstimate: false,
      phrase: 'yes, destroy pool tank',
    })
    expect(assessment.affectedItems).toContain('tank/media@monday')
  })

  test('a recursive destroy of a snapshot counts the snapshots of that name', async () => {
    const { assessment } = await it.asks('zfs destroy -r tank@monday')
    expect(assessment).toMatchObject({ affectedCount: 1, affectedItems: ['tank/media@monday'] })
  })

  test.each([
    ['scrub', 'A scrub of tank runs (10.18 % done, 00:01:01 to go)'],
    ['resilver', 'A resilver of tank runs (10.18 % done, 00:01:01 to go)'],
  ] as const)('a %s that runs is told with its progress', async (kind, detail) => {
    await setState(host(), 'zpool', zpoolStatus(kind, kind === 'resilver' ? 'DEGRADED' : 'ONLINE'))
    const asked = await it.asks('zfs destroy -r tank/media')
    expect(checkOf(asked, 'No scrub')).toMatchObject({ result: 'failed', detail: expect.stringContaining(detail) })
    expect(checkOf(asked, 'Every pool')?.result).toBe(kind === 'resilver' ? 'failed' : 'passed')
  })

  test('holds and clones are told', async () => {
    await setState(
      host(),
      'zfs',
      zfsList([
        { name: 'tank/media', mountpoint: '/tank/media' },
        { name: 'tank/media@monday', holds: 1, clones: 'tank/copy' },
      ]),
    )
    const asked = await it.asks('zfs destroy -r tank/media')
    expect(checkOf(asked, 'Snapshots')).toMatchObject({
      result: 'failed',
      detail: expect.stringContaining('tank/media@monday is held by 1'),
    })
    expect(checkOf(asked, 'Nothing')).toMatchObject({
      result: 'failed',
      detail: expect.stringContaining('tank/copy is a clone of tank/media@monday'),
    })
  })

  test('what may be done instead says whether it is guarded itself', async () => {
    const { alternatives } = (await it.asks('zfs destroy -r tank/media')).assessment
    expect(alternatives.map(({ command, guarded: asks }) => [command, asks])).toEqual([
      ['zfs rename tank/media tank/media-unused', false],
      ['zfs destroy -nvr tank/media', false],
    ])
  })

  test.each(['zfs-zed', 'smbd', 'nfs-server'])('%s is a service that the device needs', async (service) => {
    expect((await it.asks(`systemctl stop ${service}`)).assessment.risk).toBe('high')
  })
})
