import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  armRevert,
  canArmRevert,
  disarmRevert,
  isRevertAlive,
  onlyWhileArmed,
  putStateBack,
  revertDirectory,
  type Revert,
} from '../../commands/auto-revert.ts'
import { revertUnit } from '../../commands/revert-script.ts'
import { parseRevert, readRevert } from '../../commands/revert-status.ts'
import { images, type LabHost } from '../../lab/index.ts'
import type { Command } from '../../schema/command.ts'
import type { SavedState } from '../../schema/plan.ts'
import { runOn } from '../support/apply-plan.ts'
import { expectLogin } from '../support/expect.ts'
import { until } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'

const state: SavedState = {
  files: ['/etc/ssh/sshd_config', '/etc/ssh/sshd_config.d/00-test.conf', '/etc/motd', '/etc/alternatives/link'],
  units: ['worker.service'],
  firewall: true,
  kernelParameters: ['net.ipv4.ip_forward'],
  reload: ['ssh.service'],
}
const revertOf = (timeoutMs: number, save = state): Revert => ({ operationId: randomUUID(), timeoutMs, save })

async function must(host: LabHost, command: Command): Promise<void> {
  const ended = await runOn(host, command)
  expect([ended.exitCode, ended.stderr], command.shown).toEqual([0, ''])
}
const arm = async (host: LabHost, revert: Revert): Promise<void> => {
  await must(host, canArmRevert(revert))
  await must(host, armRevert(revert))
  await must(host, isRevertAlive(revert))
}
const statusOf = async (host: LabHost, { operationId }: Revert) =>
  parseRevert((await runOn(host, readRevert(operationId))).stdout)
/** As when its time is over, at a moment of ours: a busy machine takes its own to get there. */
const timeIsOver = (host: LabHost, { operationId }: Revert) => host.sh(`systemctl start ${revertUnit(operationId)}`)
const said = async (host: LabHost, script: string): Promise<string> => (await host.sh(script)).stdout

/** All that the saved state names, and what systemd knows of reverts. */
const look = (host: LabHost): Promise<string> =>
  said(
    host,
    `stat -c '%n %a %U %G' /etc/ssh/sshd_config /etc/ssh/sshd_config.d/* /etc/motd /etc/alternatives/link; readlink /etc/alternatives/link
    sha256sum /etc/ssh/sshd_config /etc/ssh/sshd_config.d/* /etc/motd; sysctl net.ipv4.ip_forward; systemctl is-enabled worker; systemctl is-active worker ssh
    nft -s list ruleset; ls -A /etc /etc/ssh /etc/alternatives /etc/systemd/system | grep drydock; systemctl list-units --all --no-legend 'drydock-revert*'`,
  )
/** A worker that runs, a link, and rules of both families. */
const prepare = (host: LabHost) =>
  host.sh(`printf '[Service]\\nExecStart=sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/worker.service
    systemctl daemon-reload; systemctl enable --now worker; ln -s /etc/motd /etc/alternatives/link; chmod 640 /etc/motd; chgrp daemon /etc/motd
    nft 'table inet ours { chain in { type filter hook input priority 0; policy accept; tcp dport 9999 drop; }; }; table ip6 filter { chain INPUT { type filter hook input priority 0; policy accept; ip6 saddr ::2 drop; }; }'`)
/** Cuts every way in and changes all else. */
const havoc = `echo half > /etc/.motd.drydock-new; printf 'PermitRootLogin no\\nAllowUsers nobody\\n' > /etc/ssh/sshd_config.d/00-test.conf; echo broken > /etc/ssh/sshd_config
  systemctl stop ssh; rm /etc/motd /etc/alternatives/link; echo other > /etc/alternatives/link; sysctl -qw net.ipv4.ip_forward=1
  systemctl disable --now worker 2> /dev/null
  nft 'flush ruleset; table inet cut { chain in { type filter hook input priority -5; policy drop; }; }; table ip nat { }'`

describe.each(images)('a %s host that restores itself', (image) => {
  const host = useHost({ name: 'revert', image, packages: ['nftables'] })
  const ssh = () => {
    const { address, port, user, keyPath, hostKeys } = host()
    return { address, port, user, keyPath, hostKeys }
  }

  test('brings everything back when no log-in is proved in time, and leaves nothing of its own at work', async () => {
    await prepare(host())
    const before = await look(host())
    const revert = revertOf(3_000)
    await arm(host(), revert)
    await host().sh(havoc)
    const since = Date.now()
    await until(async () => ((await statusOf(host(), revert)).state === 'restored' ? true : null), 20_000)
    expect(Date.now() - since).toBeLessThan(15_000)
    expect(await statusOf(host(), revert)).toMatchObject({
      problems: 0,
      log: expect.stringContaining('/etc/motd is put back'),
    })
    await expect.poll(() => look(host()), { timeout: 20_000 }).toBe(before)
    expect(await expectLogin(ssh())).toBe('root\n')

    const late = await runOn(host(), disarmRevert(revert))
    expect([late.exitCode, late.stderr]).toEqual([1, expect.stringContaining('the host was first')])
  })

  test('does nothing once it is disarmed, and what it saved can be put back by hand later', async () => {
    const before = await look(host())
    const revert = revertOf(5_000)
    await arm(host(), revert)
    await host().sh('echo mine > /etc/motd; sysctl -qw net.ipv4.ip_forward=1')
    await must(host(), disarmRevert(revert))
    await must(host(), disarmRevert(revert))
    expect(await statusOf(host(), revert)).toMatchObject({ state: 'disarmed', restoredAt: null })
    await until(async () => ((await statusOf(host(), revert)).remainingMs < -1_000 ? true : null))
    expect(await said(host(), 'cat /etc/motd')).toBe('mine\n')
    const gated = await runOn(host(), onlyWhileArmed(revert.operationId, { ...armRevert(revert), script: 'echo ran' }))
    expect([gated.exitCode, gated.stdout]).toEqual([1, ''])

    const back = await runOn(host(), putStateBack(revert))
    expect(back).toMatchObject({ exitCode: 0 })
    await expect.poll(() => look(host()), { timeout: 20_000 }).toBe(before)
  })

  test('restores after a power cut too, without waiting for the clock', async () => {
    await host().sh('nft flush ruleset')
    const before = await look(host())
    const revert = revertOf(600_000)
    await arm(host(), revert)
    await host().sh(`${havoc}; systemctl disable ssh; sync`)
    await expect(host().reboot('power_cut')).resolves.toBeUndefined()
    await until(async () => ((await statusOf(host(), revert)).state === 'restored' ? true : null), 60_000)
    expect(await statusOf(host(), revert)).toMatchObject({ problems: 0, log: expect.stringContaining('restored') })
    await expect.poll(() => look(host()), { timeout: 20_000 }).toBe(before)
    expect(await expectLogin(ssh())).toBe('root\n')
  })

  test('takes away again what was not there, when nothing of it was', async () => {
    const revert = revertOf(600_000, { ...state, files: ['/etc/ssh/sshd_config.d/99-new.conf'], firewall: false })
    await arm(host(), revert)
    await host().sh('echo broken > /etc/ssh/sshd_config.d/99-new.conf; chmod 600 /etc/ssh/sshd_config.d/99-new.conf')
    await timeIsOver(host(), revert)
    await until(async () => ((await statusOf(host(), revert)).state === 'restored' ? true : null), 20_000)
    expect(await statusOf(host(), revert)).toMatchObject({ problems: 0 })
    expect(await said(host(), 'ls /etc/ssh/sshd_config.d')).not.toContain('99-new')
  })

  test('is refused while another is armed, and a step of it changes nothing before it is', async () => {
    const [one, two] = [revertOf(60_000), revertOf(60_000)]
    await arm(host(), one)
    expect((await runOn(host(), canArmRevert(two))).stderr).toContain('another automatic revert is armed')
    expect((await runOn(host(), armRevert(two))).stderr).toContain('another automatic revert is armed')
    expect((await statusOf(host(), two)).others).toEqual([
      { operationId: one.operationId, remainingMs: expect.any(Number) },
    ])
    await must(host(), disarmRevert(one))
  })

  test('goes on with a restoration that was cut off half-way', async () => {
    const before = await look(host())
    const revert = revertOf(600_000)
    await arm(host(), revert)
    await host().sh(`rm /etc/motd; systemctl stop drydock-revert-${revert.operationId}.timer
      cd ${revertDirectory(revert.operationId)} && mv armed claimed-by-restore && sync`)
    await host().reboot('power_cut')
    await until(async () => ((await statusOf(host(), revert)).state === 'restored' ? true : null), 60_000)
    await expect.poll(() => look(host()), { timeout: 20_000 }).toBe(before)
  })

  test('restores on disks that have been filled up since', async () => {
    await host().sh('mkdir -p /srv/small && mount -t tmpfs -o size=8m tmpfs /srv/small && echo mine > /srv/small/file')
    await host().sh('mkdir -p /var/lib/drydock/reverts; mount -t tmpfs -o size=12m tmpfs /var/lib/drydock/reverts')
    const revert = revertOf(600_000, { ...state, files: ['/srv/small/file', '/etc/motd'] })
    await arm(host(), revert)
    await host().sh(`: > /srv/small/file; rm /etc/motd
      for at in /srv/small /var/lib/drydock/reverts; do cat /dev/zero > $at/full; done`)
    await timeIsOver(host(), revert)
    await until(async () => ((await statusOf(host(), revert)).state === 'restored' ? true : null), 20_000)
    expect(await said(host(), 'cat /srv/small/file')).toBe('mine\n')
    expect((await runOn(host(), canArmRevert(revertOf(1_000)))).stderr).toContain('no space left on device')
  })
})
