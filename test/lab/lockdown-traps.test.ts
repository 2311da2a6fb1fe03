import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bootHost, images, type LabHost } from '../../lab/index.ts'
import { expectLogin, expectLoginRefused } from '../support/expect.ts'
import { install, type Installation } from '../support/installation.ts'
import { changesOf, etcOf, through } from '../support/lockdowns.ts'

const sshOnly = {
  firewall: { enabled: false },
  fail2ban: { enabled: false },
  automatic_updates: false,
  kernel: { enabled: false },
  revert_after_ms: 30_000,
}

let drydock: Installation
beforeAll(async () => {
  drydock = await install({ ssh: { connectTimeoutMs: 4_000, keepAliveMs: 2_000, keepAliveCount: 2 } })
  await drydock.startWorker()
})
afterAll(() => drydock.close())

/** What hosts have that makes a lockdown go wrong, and what is installed first. */
const traps: readonly (readonly [name: string, script: string, settings: Record<string, unknown>])[] = [
  ['AllowUsers names others only', `echo 'AllowUsers root' >> /etc/ssh/sshd_config; systemctl reload ssh`, sshOnly],
  [
    'a Match block undoes the change for root',
    `printf 'Match User root\\n  PermitRootLogin yes\\n' >> /etc/ssh/sshd_config; systemctl reload ssh`,
    sshOnly,
  ],
  [
    'an earlier drop-in says otherwise',
    `printf 'PermitRootLogin yes\\nPasswordAuthentication yes\\n' > /etc/ssh/sshd_config.d/00-aaa.conf; systemctl reload ssh`,
    sshOnly,
  ],
  ['drop-ins are not included', `sed -i '/^Include/d' /etc/ssh/sshd_config; systemctl reload ssh`, sshOnly],
  [
    'the socket of ssh is active',
    `systemctl disable --now ssh.service; systemctl enable --now ssh.socket; systemctl stop ssh.service`,
    sshOnly,
  ],
  [
    'the firewall has a deny that comes first',
    `apt-get install -y ufw > /dev/null && ufw deny 22/tcp`,
    { ...sshOnly, firewall: {} },
  ],
  [
    'sshd listens at a port that the registry does not know',
    `apt-get install -y nftables > /dev/null; nft 'table ip ours { chain in { type nat hook prerouting priority -100; tcp dport 22 redirect to :2222; }; }'
      echo 'Port 2222' > /etc/ssh/sshd_config.d/10-port.conf; systemctl restart ssh`,
    { ...sshOnly, firewall: {} },
  ],
]

describe.each(images)('a lockdown of a %s server on which', (image) => {
  let host: LabHost
  let server: { id: string; name: string }
  beforeEach(async () => {
    host = await bootHost({ name: 'traps', image })
    server = await drydock.register(host)
    await drydock.finish('POST', `/v1/servers/${server.name}/setups`, { packages: [] })
  })
  afterEach(() => host.stop())

  test.each(traps)('%s ends truthfully, and nobody is locked out', async (_name, script, settings) => {
    const { address, port, keyPath, hostKeys } = host
    const login = (user: string) => ({ address, port, keyPath, hostKeys, user })
    const trapped = await host.sh(script)
    expect(trapped.exitCode, trapped.stderr).toBe(0)
    const before = await etcOf(host)
    const ended = await through(drydock, server, 'lockdowns', settings)
    const state = ended.result?.state ?? ''
    expect(['succeeded', 'refused', 'rolled_back'], JSON.stringify(ended.result)).toContain(state)
    const locked = (await drydock.store.servers.get(server.id))?.securityLocked
    expect(locked).toBe(state === 'succeeded')
    if (state === 'succeeded') {
      expect(await expectLogin(login('app'), 'sudo -n id -un')).toBe('root\n')
      await expectLoginRefused(login('root'))
    } else {
      expect(await changesOf(host, before)).toEqual({ gone: [], new: [] })
      expect(await expectLogin(login('root'))).toBe('root\n')
    }
  })
})
