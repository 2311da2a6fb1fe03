import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Image, images, type LabHost } from '../../lab/index.ts'
import { expectLogin, expectLoginRefused } from '../support/expect.ts'
import { install, type Installation } from '../support/installation.ts'
import { changesOf, etcOf, through } from '../support/lockdowns.ts'
import { prepare, type PreparedServer } from '../support/prepared-host.ts'

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

type Firewall = 'no firewall' | 'ufw' | 'nftables'

/** A server that was set up and has a firewall's tools. */
async function preparedWith(image: Image, firewall: Firewall): Promise<PreparedServer> {
  if (firewall === 'no firewall')
    return (await prepare(drydock, { name: 'traps', image, kept: 'set-up' })).boot(drydock)
  const makeReady = async ({ host }: PreparedServer): Promise<void> => {
    const installed = await host.sh(`apt-get -q update && apt-get -q -y install ${firewall}`)
    expect(installed.exitCode, installed.stderr).toBe(0)
  }
  return (await prepare(drydock, { name: 'traps', image, kept: `set-up-with-${firewall}`, makeReady })).boot(drydock)
}

type Trap = readonly [name: string, firewall: Firewall, script: string, settings: Record<string, unknown>]

/** What hosts have that makes a lockdown go wrong. */
const traps: readonly Trap[] = [
  [
    'AllowUsers names others only',
    'no firewall',
    `echo 'AllowUsers root' >> /etc/ssh/sshd_config; systemctl reload ssh`,
    sshOnly,
  ],
  [
    'a Match block undoes the change for root',
    'no firewall',
    `printf 'Match User root\\n  PermitRootLogin yes\\n' >> /etc/ssh/sshd_config; systemctl reload ssh`,
    sshOnly,
  ],
  [
    'an earlier drop-in says otherwise',
    'no firewall',
    `printf 'PermitRootLogin yes\\nPasswordAuthentication yes\\n' > /etc/ssh/sshd_config.d/00-aaa.conf; systemctl reload ssh`,
    sshOnly,
  ],
  [
    'drop-ins are not included',
    'no firewall',
    `sed -i '/^Include/d' /etc/ssh/sshd_config; systemctl reload ssh`,
    sshOnly,
  ],
  [
    'the socket of ssh is active',
    'no firewall',
    `systemctl disable --now ssh.service; systemctl enable --now ssh.socket; systemctl stop ssh.service`,
    sshOnly,
  ],
  ['the firewall has a deny that comes first', 'ufw', 'ufw deny 22/tcp', { ...sshOnly, firewall: {} }],
  [
    'sshd listens at a port that the registry does not know',
    'nftables',
    `nft 'table ip ours { chain in { type nat hook prerouting priority -100; tcp dport 22 redirect to :2222; }; }'
      echo 'Port 2222' > /etc/ssh/sshd_config.d/10-port.conf; systemctl restart ssh`,
    { ...sshOnly, firewall: {} },
  ],
]

describe.each(images)('a lockdown of a %s server on which', { timeout: 240_000 }, (image) => {
  let host: LabHost
  let server: { id: string; name: string }
  afterEach(() => host?.stop())

  test.each(traps)('%s ends truthfully, and nobody is locked out', async (_name, firewall, script, settings) => {
    ;({ host, ...server } = await preparedWith(image, firewall))
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
