import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { images, type LabHost } from '../../lab/index.ts'
import { expectLogin, expectLoginRefused } from '../support/expect.ts'
import { install, type Installation, type Operation, until, type WorkerProcess } from '../support/installation.ts'
import { changesOf, etcOf, seeThrough } from '../support/lockdowns.ts'
import { prepare, type Prepared } from '../support/prepared-host.ts'

/** Only what cuts access by itself, so that a story takes seconds. */
const sshOnly = {
  firewall: { enabled: false },
  fail2ban: { enabled: false },
  automatic_updates: false,
  kernel: { enabled: false },
  revert_after_ms: 12_000,
}
const nothing = { gone: [], new: [] }

let drydock: Installation
let worker: WorkerProcess
beforeAll(async () => {
  drydock = await install({ ssh: { connectTimeoutMs: 4_000, keepAliveMs: 2_000, keepAliveCount: 2 } })
  worker = await drydock.startWorker()
})
afterAll(() => drydock.close())

describe.each(images)('a lockdown of a %s server', (image) => {
  let prepared: Prepared
  let host: LabHost
  let server: { id: string; name: string }
  let before: string[]
  const login = (user: string) => {
    const { address, port, keyPath, hostKeys } = host
    return { address, port, keyPath, hostKeys, user }
  }
  beforeAll(async () => {
    prepared = await prepare(drydock, { name: 'sabotage', image, kept: 'set-up' })
  })
  beforeEach(async () => {
    ;({ host, ...server } = await prepared.boot(drydock))
    if (!worker.isAlive()) worker = await drydock.startWorker()
  })
  afterEach(() => host.stop())

  const begin = async (settings: Record<string, unknown> = {}): Promise<string> => {
    before = await etcOf(host)
    return (await drydock.start('POST', `/v1/servers/${server.name}/lockdowns`, { ...sshOnly, ...settings })).id
  }
  const lockDown = async (settings: Record<string, unknown> = {}): Promise<Operation> =>
    seeThrough(drydock, await begin(settings))

  /** An independent client gets in and uses sudo, and the flag says what is true of root's log-in. */
  const expectTruth = async (locked: boolean) => {
    expect(await expectLogin(login('app'), 'sudo -n id -un')).toBe('root\n')
    if (locked) await expectLoginRefused(login('root'))
    else expect(await expectLogin(login('root'))).toBe('root\n')
    expect((await drydock.store.servers.get(server.id))?.securityLocked).toBe(locked)
  }
  const expectOld = async (ended: Operation, state: string, because: string) => {
    expect(ended.result, JSON.stringify(ended.result)).toMatchObject({
      state,
      message: expect.stringContaining(because),
    })
    expect(await changesOf(host, before)).toEqual(nothing)
  }

  /** From the moment that sshd has read its new files, no new command gets anywhere until the hold is taken away. */
  const holdAfterReload = () =>
    host.sh(`mkdir -p /etc/systemd/system/ssh.service.d
      printf '[Service]\\nExecReload=sh -c "[ -e /var/once ] || touch /var/once /run/hold"\\n' > /etc/systemd/system/ssh.service.d/hold.conf
      systemctl daemon-reload; sed -i '1i while [ -e /run/hold ]; do sleep 0.1; done' /home/app/.bashrc`)
  const onceOnHost = (script: string) =>
    until(async () => ((await host.sh(script)).exitCode === 0 ? true : null), 60_000)
  const held = () => onceOnHost('test -e /run/hold')
  const letGo = () => host.sh('rm -f /run/hold')
  const restored = (id: string) => onceOnHost(`grep restored /var/lib/drydock/reverts/${id}/outcome`)

  test('is taken back when the reload kills sshd', async () => {
    await host.sh(`mkdir -p /etc/systemd/system/ssh.service.d
      printf '[Service]\\nRestart=no\\nExecReload=\\nExecReload=sh -c "[ -e /var/once ] || { touch /var/once; kill -KILL $MAINPID; }"\\n' > /etc/systemd/system/ssh.service.d/kill.conf; systemctl daemon-reload`)
    await expectOld(await lockDown(), 'rolled_back', 'failed on')
    await expectTruth(false)
  })

  test('is taken back by the host when it reboots before the proof', async () => {
    await holdAfterReload()
    const id = await begin({ revert_after_ms: 600_000 })
    await held()
    await host.reboot('power_cut')
    await expectOld(await seeThrough(drydock, id), 'rolled_back', 'restored itself at')
    await expectTruth(false)
  })

  test('is taken back by the host when the network is away for longer', async () => {
    await holdAfterReload()
    const id = await begin()
    await held()
    await host.cutNetwork()
    await letGo()
    await restored(id)
    await host.restoreNetwork()
    await expectOld(await seeThrough(drydock, id), 'rolled_back', 'restored itself at')
    await expectTruth(false)
  })

  // The rest depends on no release of the system, and each takes half a minute.
  if (image === 'bookworm') return

  test('is refused before any change when the registered key is not on the host', async () => {
    await host.sh('mv /home/app/.ssh/authorized_keys /home/app/.ssh/kept')
    await expectOld(await lockDown(), 'refused', 'cannot log in by the registered key')
    await host.sh('mv /home/app/.ssh/kept /home/app/.ssh/authorized_keys')
    await expectTruth(false)
  })

  test('is refused before any change when sudo is broken', async () => {
    await host.sh('mv /etc/sudoers.d/drydock-app /root/kept')
    await expectOld(await lockDown(), 'refused', 'cannot use sudo')
    await host.sh('mv /root/kept /etc/sudoers.d/drydock-app')
    await expectTruth(false)
  })

  test('is refused before any change when the disk is full', async () => {
    await host.sh('mount -t tmpfs -o size=3m tmpfs /var/lib/drydock; cat /dev/zero > /var/lib/drydock/full')
    await expectOld(await lockDown(), 'refused', 'no space left')
    await host.sh('umount /var/lib/drydock')
    await expectTruth(false)
  })

  test('succeeds when the worker is killed before the proof and another one is there in time', async () => {
    await holdAfterReload()
    const id = await begin({ revert_after_ms: 60_000 })
    await held()
    await worker.kill9()
    await letGo()
    worker = await drydock.startWorker()
    expect((await seeThrough(drydock, id)).result).toMatchObject({ state: 'succeeded' })
    await expectTruth(true)
  })

  test('is told as taken back when the worker is killed and the next one comes too late', async () => {
    await holdAfterReload()
    const id = await begin()
    await held()
    await worker.kill9()
    await letGo()
    await restored(id)
    worker = await drydock.startWorker()
    await expectOld(await seeThrough(drydock, id), 'rolled_back', 'restored itself at')
    await expectTruth(false)
  })

  test('succeeds when the network is away for a while that is shorter than the time of the host', async () => {
    await holdAfterReload()
    const id = await begin({ revert_after_ms: 60_000 })
    await held()
    await host.cutNetwork()
    await letGo()
    await new Promise((resolve) => setTimeout(resolve, 8_000)) // the outage itself: twice what it takes to notice it
    await host.restoreNetwork()
    expect((await seeThrough(drydock, id)).result).toMatchObject({ state: 'succeeded' })
    await expectTruth(true)
  })

  test('is taken back by the host when sudo breaks just then', async () => {
    await holdAfterReload()
    const id = await begin()
    await held()
    await host.sh('mv /etc/sudoers.d/drydock-app /root/kept')
    await letGo()
    const ended = await seeThrough(drydock, id)
    await host.sh('mv /root/kept /etc/sudoers.d/drydock-app')
    await expectOld(ended, 'rolled_back', 'restored itself at')
    await expectTruth(false)
  })

  test('is taken back by the host when the disk fills up just then', async () => {
    await host.sh(
      'cp -a /var/lib/drydock /root/kept; mount -t tmpfs -o size=16m tmpfs /var/lib/drydock; cp -a /root/kept/. /var/lib/drydock',
    )
    await holdAfterReload()
    const id = await begin()
    await held()
    await host.sh('cat /dev/zero > /var/lib/drydock/full')
    await letGo()
    await expectOld(await seeThrough(drydock, id), 'rolled_back', 'restored itself at')
    await expectTruth(false)
  })
})
