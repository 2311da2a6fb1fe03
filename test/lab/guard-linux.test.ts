import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkOf, type Guarded, guarded } from '../support/guarded.ts'
import { until } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'
import { installDocker, setContainers } from './devices/docker.ts'
import { holdPackageLock, logicalVolumes, makeUbuntu, snapChanges, started, stopped } from './devices/linux.ts'
import { installTools, setState } from './devices/tool.ts'

const host = useHost({ name: 'linux' })
const stopAll = 'docker stop $(docker ps -q)'
const named = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `${prefix}-${index + 1}` }))

beforeAll(() => installDocker(host()))

/** Text of a unit that stays up. */
const unit = (lines: string) => `printf '%s\\n' '[Unit]' ${lines} '[Service]' 'ExecStart=/bin/sleep 1000'`

describe('on an Ubuntu host', () => {
  let it: Guarded
  beforeAll(async () => {
    await makeUbuntu(host())
    it = await guarded(host(), 'ubuntu')
  })
  afterAll(() => it.close())

  test('a package manager at work, a unit that has failed, a refresh and a log-in speak against a reboot', async () => {
    const fine = await it.asks('reboot')
    expect(fine.assessment.deviceChecks.map(({ text, result }) => [text, result])).toEqual([
      ['No package manager holds its lock.', 'passed'],
      ['No snap refresh is under way.', 'passed'],
      ['systemd reports no failed unit that this would hide.', 'passed'],
      ['Nobody else works on this server now.', 'passed'],
    ])
    await holdPackageLock(host())
    await setState(host(), 'snap', snapChanges(true))
    await setState(host(), 'who', 'ann      pts/0        2026-01-02 10:00 (192.0.2.9)\n')
    await host().sh('systemd-run --unit=broken --wait false')
    const wrong = await until(async () => {
      const asked = await it.asks('reboot')
      return asked.assessment.deviceChecks.every(({ result }) => result === 'failed') ? asked : null
    })
    expect(checkOf(wrong, 'No package')?.detail).toContain('/var/lib/dpkg/lock-frontend is held')
    expect(checkOf(wrong, 'No snap')?.detail).toContain('Auto-refresh snap "lxd"')
    expect(checkOf(wrong, 'systemd')?.detail).toContain('broken.service has failed')
    expect(checkOf(wrong, 'Nobody')?.detail).toContain('ann pts/0 is logged in')
    await stopped(host(), 'packages')
    await host().sh('systemctl reset-failed')
    await setState(host(), 'who', '')
    await setState(host(), 'snap', snapChanges(false))
  })

  test('logical volumes without a snapshot are told before data goes', async () => {
    await host().sh('mkdir -p /srv/shop')
    expect(checkOf(await it.asks('rm -rf /srv/shop'), 'Logical')).toMatchObject({ result: 'passed' })
    await setState(host(), 'lvs', logicalVolumes(false))
    expect(checkOf(await it.asks('rm -rf /srv/shop'), 'Logical')).toMatchObject({
      result: 'failed',
      detail: expect.stringMatching(/ubuntu-vg\/root has none.*lvcreate --snapshot/),
    })
  })

  test('fifteen containers are within the limit and sixteen are not', async () => {
    await setContainers(host(), named('app', 15))
    expect((await it.asks(stopAll)).assessment).toMatchObject({ risk: 'high', batches: [] })
    await setContainers(host(), named('app', 16))
    expect((await it.asks(stopAll)).assessment).toMatchObject({ risk: 'critical', affectedCount: 16 })
  })

  test.each(['monitoring-1', 'logging-1', 'proxy-1', 'database-1'])('the container %s is protected', async (name) => {
    await setContainers(host(), [{ name }, { name: 'app' }])
    const { assessment } = await it.asks(stopAll)
    expect(assessment.risk).toBe('medium')
    expect(assessment.warnings.join(' ')).toContain(`hit as well: ${name}`)
  })

  test.each(['/', '/boot', '/var', '/etc'])('%s is protected', async (path) => {
    expect((await it.asks(`rm -rf ${path}`)).assessment.risk).toBe('critical')
  })

  test('a link that leads into a protected directory is seen through, and what it leads to is counted', async () => {
    await host().sh(
      'mkdir -p /opt/shop/releases/1 /etc/shop && touch /etc/shop/a && ln -sfn /etc/shop /opt/shop/releases/1/config',
    )
    expect((await it.ends('rm -rf /opt/shop/releases/1/config')).result).toMatchObject({ state: 'succeeded' })
    await host().sh('ln -sfn /etc/shop /opt/shop/releases/1/config')
    const { assessment } = await it.asks('rm -rf /opt/shop/releases/1/config/*')
    expect(assessment.findings[0]?.because).toContain('A symbolic link leads there')
    expect((await host().sh('ls /etc/shop/a')).exitCode).toBe(0)
  })

  test('file systems that are mounted below a path go with it, and raise the risk', async () => {
    await host().sh(
      'mkdir -p /srv/data/inner && mount -t tmpfs inner /srv/data/inner; mkdir -p /backup; echo x | gzip > /backup/x.gz',
    )
    const { assessment } = await it.asks('rm -rf /srv/data')
    expect(assessment.warnings.join(' ')).toContain('Other file systems are mounted there: /srv/data/inner')
    expect(assessment.risk).toBe('critical')
    await host().sh('umount /srv/data/inner')
    expect((await it.asks('rm -rf /srv/data')).assessment.risk).toBe('high')
  })

  test('a service that others need is told with them', async () => {
    await host().sh(
      `${unit("'Description=db'")} > /etc/systemd/system/lab-db.service; ${unit("'Requires=lab-db.service'")} > /etc/systemd/system/lab-web.service; systemctl daemon-reload; systemctl start lab-web`,
    )
    const { assessment } = await it.asks('systemctl stop lab-db lab-cache lab-queue')
    expect(assessment.dependencies).toContain('lab-web.service')
  })

  test('a host that cannot be asked is a failure, and nobody is asked to confirm a guess', async () => {
    const strange = await it.drydock.register(host(), { device_type: 'ubuntu' })
    const { status } = await it.drydock.ask('PATCH', `/v1/servers/${strange.name}`, {
      root: { user: 'nobody', authentication: { method: 'key', key: { kind: 'stored', name: strange.name } } },
    })
    expect(status).toBe(200)
    const path = `/v1/servers/${strange.name}/commands`
    const { id, result } = await it.drydock.finish('POST', path, { command: 'reboot', as_root: true })
    expect(result).toMatchObject({ state: 'failed', problem: { code: 'AUTH_FAILED' } })
    expect(await it.drydock.store.approvals.forOperation(id)).toBeNull()
  })
})

describe('on a host under WSL2', () => {
  let it: Guarded
  beforeAll(async () => {
    await host().sh(
      'umount /proc/sys/fs/binfmt_misc; mount -t tmpfs binfmt /proc/sys/fs/binfmt_misc && touch /proc/sys/fs/binfmt_misc/WSLInterop; mkdir -p /mnt/c/Users /mnt/wsl',
    )
    // What sc.exe prints of the services that need another one.
    await installTools(host(), { 'sc.exe': '#!/bin/sh\ncat /var/lib/device/sc' })
    await setState(host(), 'sc', 'Enum: entriesread = 0\r\n')
    it = await guarded(host(), 'wsl2')
  })
  afterAll(() => it.close())

  test('programs of Windows and what Windows runs on it are told', async () => {
    const fine = await it.asks('reboot')
    expect(fine.assessment.deviceChecks).toMatchObject([{ result: 'passed' }, { result: 'passed' }])
    await started(host(), 'notepad', `exec -a '/init /mnt/c/Windows/notepad.exe' sleep 1000`)
    await setState(host(), 'sc', 'Enum: entriesread = 1\r\n\r\nSERVICE_NAME: vmcompute\r\nDISPLAY_NAME: Hyper-V\r\n')
    await host().sh('mkdir -p /mnt/wsl/docker-desktop')
    const wrong = await until(async () => {
      const asked = await it.asks('reboot')
      return asked.assessment.deviceChecks.every(({ result }) => result === 'failed') ? asked : null
    })
    expect(checkOf(wrong, 'Windows programs')?.detail).toContain('/mnt/c/Windows/notepad.exe')
    expect(checkOf(wrong, 'No Windows service')?.detail).toContain('The Windows service vmcompute; Docker Desktop uses')
    await stopped(host(), 'notepad')
  })

  test('eight containers are within the limit, its own tools are protected', async () => {
    await setContainers(host(), named('app', 8))
    expect((await it.asks(stopAll)).assessment).toMatchObject({ risk: 'medium', affectedCount: 8 })
    await setContainers(host(), [...named('app', 7), { name: 'vscode-server' }, { name: 'dev-db' }])
    const { assessment } = await it.asks(stopAll)
    expect(assessment.risk).toBe('critical')
    expect(assessment.warnings.join(' ')).toContain('hit as well: dev-db, vscode-server')
  })

  test.each(['/mnt/c/Users', '/mnt/wsl'])('%s is protected', async (path) => {
    expect((await it.asks(`rm -rf ${path}`)).assessment.findings[0]?.action).toBe('filesystem_bulk_delete')
  })

  test('docker is a service that the device needs', async () => {
    const { warnings } = (await it.asks('systemctl stop docker')).assessment
    expect(warnings.join(' ')).toContain('The device itself needs docker')
  })
})

describe('on a Windows host with a POSIX shell', () => {
  let it: Guarded
  beforeAll(async () => {
    await host().sh('mkdir -p "/c/Windows/Temp" "/c/Program Files/App"')
    it = await guarded(host(), 'windows')
  })
  afterAll(() => it.close())

  test('it can be asked: containers are counted, all of them are protected, and three are the limit', async () => {
    await setContainers(host(), named('app', 4))
    const { assessment } = await it.asks(stopAll)
    expect(assessment).toMatchObject({ affectedCount: 4, countIsEstimate: false, risk: 'critical' })
    expect(assessment.warnings.join(' ')).toContain('hit as well: app-1, app-2, app-3, app-4')
    expect(assessment.deviceChecks).toMatchObject([
      { text: expect.stringContaining('Docker Desktop'), result: 'passed' },
    ])
  })

  test('an engine that does not answer is told', async () => {
    await installTools(host(), {
      docker:
        '#!/bin/sh\necho "error during connect: this error may indicate that the docker daemon is not running" >&2; exit 1',
    })
    const { assessment } = await it.asks(stopAll)
    expect(assessment).toMatchObject({ affectedCount: 3, countIsEstimate: true })
    expect(assessment.deviceChecks).toMatchObject([{ result: 'failed' }])
    expect(assessment.summary).toContain('is an estimate')
    await installDocker(host())
  })

  test.each(['/c/Windows/Temp', '"/c/Program Files/App"'])('%s is protected', async (path) => {
    const { assessment } = await it.asks(`rm -rf ${path}`)
    expect(assessment.findings.map(({ action }) => action)).toContain('filesystem_bulk_delete')
  })
})

describe('on any other host', () => {
  let it: Guarded
  const notices = join(mkdtempSync(join(tmpdir(), 'drydock-notices-')), 'notices')
  const told = () =>
    existsSync(notices) ? [...readFileSync(notices, 'utf8').matchAll(/"event":"(\w+)"/g)].map(([, event]) => event) : []
  beforeAll(async () => {
    it = await guarded(host(), 'generic', {
      settings: {
        guard: { alertAfterBlocked: 2 },
        approval: {
          twoPersons: 'always',
          requesterMayApprove: 'always',
          notify: { kind: 'command', argv: ['sh', '-c', `echo "$DRYDOCK_NOTICE" >> ${notices}`] },
        },
      },
      server: { environment: 'production', services: ['nginx'] },
    })
  })
  afterAll(() => it.close())

  test('in production everything is critical, with a warning, and business services are named', async () => {
    await setContainers(host(), [{ name: 'postgres-main' }])
    const { assessment } = await it.asks(stopAll)
    expect(assessment.risk).toBe('critical')
    expect(assessment.warnings.join(' ')).toMatch(/nginx, postgres-main.*in production/)
  })

  test('the rules of Ubuntu hold', async () => {
    await setContainers(host(), [{ name: 'proxy-1' }])
    expect((await it.asks(stopAll)).assessment.warnings.join(' ')).toContain('hit as well: proxy-1')
  })

  test('critical in production takes two people, and that it was confirmed is told', async () => {
    await setContainers(host(), [{ name: 'app' }])
    const path = `/v1/servers/${it.server.name}/commands`
    const { id } = await it.drydock.start('POST', path, { command: stopAll, as_root: true }, 'approver')
    const asked = await until(() => it.drydock.store.approvals.forOperation(id))
    expect((await it.confirm(asked)).status).toBe(403)
    expect((await it.confirm(asked, 'admin')).status).toBe(200)
    expect(await it.ended(id)).toMatchObject({ state: 'succeeded' })
    await until(async () => (told().includes('critical_confirmed') ? true : null))
  })

  test('guessing at the phrase is told, and so is who is blocked again and again', async () => {
    await setContainers(host(), [{ name: 'app' }])
    for (let round = 0; round < 2; round += 1) {
      const asked = await it.asks(stopAll)
      for (let attempt = 0; attempt < 3; attempt += 1)
        await it.confirm({ ...asked, assessment: { ...asked.assessment, phrase: 'yes' } })
      expect(await it.ended(asked.operationId)).toMatchObject({ state: 'refused' })
    }
    await it.asks(stopAll)
    await until(async () => (told().includes('repeatedly_blocked') ? true : null))
    expect(told().filter((event) => event === 'attempts_exceeded')).toHaveLength(2)
    expect(told().filter((event) => event === 'repeatedly_blocked')).toHaveLength(1)
  })
})
