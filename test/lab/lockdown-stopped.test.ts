import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectLogin, expectLoginRefused } from '../support/expect.ts'
import { install, type Installation } from '../support/installation.ts'
import { changesOf, etcOf, seeThrough, through } from '../support/lockdowns.ts'
import { prepare, type PreparedServer } from '../support/prepared-host.ts'

const states = `systemctl is-active fail2ban.service apt-daily.timer apt-daily-upgrade.timer
systemctl is-enabled fail2ban.service ufw.service apt-daily.timer apt-daily-upgrade.timer; ufw status | head -n 1`
const stopped = [...Array(3).fill('inactive'), ...Array(4).fill('disabled'), 'Status: inactive']
const atWork = [...Array(3).fill('active'), ...Array(4).fill('enabled'), 'Status: active']

/** Somebody has installed what protects a server, and stopped all of it. What the timers start has no mirror to ask. */
async function installAndStop({ host }: PreparedServer): Promise<void> {
  const ended = await host.sh(
    `apt-get -q update && apt-get -q -y install fail2ban python3-systemd nftables ufw unattended-upgrades
    for unit in apt-daily apt-daily-upgrade; do
      mkdir -p /etc/systemd/system/$unit.service.d
      printf '[Service]\\nExecStart=\\nExecStart=/bin/true\\n' > /etc/systemd/system/$unit.service.d/idle.conf
    done
    systemctl unmask apt-daily.timer apt-daily-upgrade.timer
    systemctl disable --now fail2ban.service ufw.service apt-daily.timer apt-daily-upgrade.timer`,
  )
  expect(ended.exitCode, ended.stderr).toBe(0)
}

/** The first reload after which sshd is dead: the way in is gone, and all is taken back. */
const killOnce = `mkdir -p /etc/systemd/system/ssh.service.d
printf '[Service]\\nRestart=no\\nExecReload=\\nExecReload=sh -c "[ -e /var/once ] || { touch /var/once; kill -KILL $MAINPID; }"\\nExecReload=/bin/kill -HUP $MAINPID\\n' > /etc/systemd/system/ssh.service.d/kill.conf
systemctl daemon-reload`

describe('a server on which fail2ban, ufw and the timers of apt are stopped', { timeout: 240_000 }, () => {
  let drydock: Installation
  let at: PreparedServer
  let rolledBack: string
  const statesOf = async () => (await at.host.sh(states)).stdout.trim().split('\n')
  const login = (user: string) => {
    const { address, port, keyPath, hostKeys } = at.host
    return { address, port, keyPath, hostKeys, user }
  }
  beforeAll(async () => {
    drydock = await install({ ssh: { connectTimeoutMs: 4_000, keepAliveMs: 2_000, keepAliveCount: 2 } })
    await drydock.startWorker()
    const prepared = await prepare(drydock, {
      name: 'stopped',
      image: 'bookworm',
      kept: 'set-up-and-stopped',
      makeReady: installAndStop,
    })
    at = await prepared.boot(drydock)
    const set = await at.host.sh(killOnce)
    expect(set.exitCode, set.stderr).toBe(0)
  })
  afterAll(async () => {
    await at.host.stop()
    await drydock.close()
  })

  test('has them stopped again when its lockdown goes wrong, and nobody is asked', async () => {
    const before = await etcOf(at.host)
    const ended = await through(drydock, at, 'lockdowns', { revert_after_ms: 120_000 })
    rolledBack = ended.id
    expect(ended.result, JSON.stringify(ended)).toMatchObject({ state: 'rolled_back' })
    expect(await drydock.store.approvals.forOperation(ended.id)).toBeNull()
    expect(await statesOf()).toEqual(stopped)
    expect(await changesOf(at.host, before)).toEqual({ gone: [], new: [] })
  })

  test('has them started when that lockdown is resumed, which plans it again, and nobody is asked', async () => {
    const { id } = await drydock.start('POST', `/v1/operations/${rolledBack}/resumption`, {})
    const ended = await seeThrough(drydock, id)
    expect(ended).toMatchObject({ kind: 'lockdown', resumes: rolledBack })
    expect(ended.result, JSON.stringify(ended)).toMatchObject({ state: 'succeeded' })
    expect(await drydock.store.approvals.forOperation(ended.id)).toBeNull()
    expect(await statesOf()).toEqual(atWork)
    await expectLoginRefused(login('root'))
    expect(await expectLogin(login('app'), 'sudo -n id -un')).toBe('root\n')
  })
})
