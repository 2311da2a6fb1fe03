import { execFileSync, spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bootHost, images, isLabPossible, type LabHost } from '../../lab/index.ts'
import type { PlanDraft } from '../../schema/plan.ts'
import { lockdownFor } from '../support/apply-lockdown.ts'
import { applyOn, fingerprint, undoOn } from '../support/apply-plan.ts'
import {
  expectLogin,
  expectLoginRefused,
  expectPortClosed,
  expectPortOpen,
  expectRestored,
  knock,
} from '../support/expect.ts'

const lab = await isLabPossible()
const minutes = 60_000
type Given = Parameters<typeof lockdownFor>[1]

async function plan(host: LabHost, operationId: string, given: Given = {}): Promise<PlanDraft> {
  const answer = await lockdownFor(host, given, operationId)
  if (answer.kind === 'impossible') throw new Error(answer.problems.join('\n'))
  return { ...answer.plan, cuts: answer.cuts }
}

const said = async (host: LabHost, script: string): Promise<string> => (await host.sh(script)).stdout

/** What setup leaves behind, as far as lockdown builds on it. */
const prepared = `useradd -m -s /bin/bash app && mkdir -m 700 ~app/.ssh && cp ~/.ssh/authorized_keys ~app/.ssh/
chown -R app:app ~app/.ssh; echo 'app ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/app; chmod 440 /etc/sudoers.d/app`

async function bootPrepared(name: string, image?: (typeof images)[number]): Promise<LabHost> {
  const host = await bootHost({ name, ...(image === undefined ? {} : { image }) })
  await said(host, prepared)
  return host
}

/** A way by IPv6, which the lab does not lay: an address at either end of the host's cable. */
const six = { here: 'fd77::1', host: 'fd77::2' }
async function layIpv6(host: LabHost): Promise<void> {
  const route = execFileSync('ip', ['-o', 'route', 'get', host.address], { encoding: 'utf8' })
  const device = / dev (\S+)/.exec(route)?.[1] ?? ''
  execFileSync('ip', ['address', 'replace', `${six.here}/64`, 'dev', device, 'nodad'])
  await said(host, `ip address replace ${six.host}/64 dev host0 nodad`)
}

/** A listener that a firewall is to close, on every address of both families. */
const listen = (port: number): string =>
  `systemd-run --quiet --unit=listener-${port} --socket-property=ListenStream=${port} --socket-property=Accept=yes true`

/** Log-ins without any key, as root's and the application user's names are tried all over the world. */
function failSixTimes(address: string): void {
  const options = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentityFile=none']
  const argv = ['-F', 'none', ...options.flatMap((option) => ['-o', option]), `app@${address}`, 'true']
  for (let tries = 0; tries < 6; tries += 1) spawnSync('ssh', argv)
}

const unchanged = (states: Record<string, string>): string[] =>
  Object.entries(states)
    .filter(([, state]) => state !== 'already so')
    .map(([id, state]) => `${id}: ${state}`)

const effective = (host: LabHost, user: string): Promise<string> =>
  said(host, `sshd -T -C user=${user},host=10.0.0.9,addr=10.0.0.9`)

describe.skipIf(!lab.possible).each(images)('a lockdown of a prepared %s', (image) => {
  let host: LabHost
  let before: string[]
  let first: PlanDraft
  const login = (user: string) => ({ ...host, user })
  beforeAll(async () => {
    host = await bootPrepared('lockdown-plan', image)
    await layIpv6(host)
    await said(host, listen(8080))
    before = await fingerprint(host)
  }, 10 * minutes)
  afterAll(() => host.stop())

  it('says who loses access and what it cannot set, and shows the files that it writes', async () => {
    first = await plan(host, 'operation-1')
    expect(first.cuts).toEqual(['8080/tcp is in use by systemd and is closed'])
    expect(first.warnings.join('\n')).toContain('kernel parameters that this host has from the one it runs on')
    expect(first.steps.flatMap(({ file }) => file?.path ?? [])).toEqual([
      '/etc/apt/apt.conf.d/99drydock-upgrades',
      '/etc/fail2ban/jail.d/drydock.local',
      '/etc/sysctl.d/99-zz-drydock.conf',
      '/etc/ssh/sshd_config.d/00-drydock.conf',
    ])
    expect(first.autoRevert).toMatchObject({ fromStep: 'updates', untilStep: 'sshd.drop-in', timeoutMs: 120_000 })
  })

  it('does every step', { timeout: 10 * minutes }, async () => {
    await expectPortOpen({ address: host.address, port: 8080 })
    expect(await applyOn(host, first)).toEqual({
      states: {
        'package-lists': 'applied',
        packages: 'applied',
        updates: 'applied',
        fail2ban: 'applied',
        'firewall.ssh': 'applied',
        'firewall.rules': 'applied',
        'firewall.on': 'applied',
        kernel: 'applied',
        'sshd.drop-in': 'applied',
      },
      failed: null,
    })
  })

  it('refuses root from then on, and lets the application user in to use sudo', async () => {
    await expectLoginRefused(login('root'))
    expect(await expectLogin(login('app'), 'sudo -n id -un')).toBe('root\n')
    const now = await effective(host, 'app')
    for (const line of ['permitrootlogin no', 'passwordauthentication no', 'kbdinteractiveauthentication no'])
      expect(now).toContain(`\n${line}\n`)
    expect(now).toMatch(/^hostkeyalgorithms ssh-ed25519$/m)
    expect(now).not.toMatch(/^(kexalgorithms|macs|ciphers) .*(nistp|sha1|md5|cbc)/m)
  })

  it.each(['IPv4', 'IPv6'])('shows only the allowed ports over %s', async (family) => {
    const address = family === 'IPv4' ? host.address : six.host
    await expectPortOpen({ address, port: 22 })
    expect(await knock({ address, port: 80 })).toBe('refused')
    expect(await knock({ address, port: 8080 })).toBe('silent')
  })

  it('bans who fails six times, and never us', { timeout: 2 * minutes }, async () => {
    failSixTimes(host.address)
    failSixTimes(six.host)
    await expect.poll(() => said(host, 'fail2ban-client status sshd'), { timeout: 30_000 }).toContain(six.here)
    await expectPortClosed({ address: six.host, port: 22 })
    await expectPortOpen({ address: host.address, port: 22 })
    await said(host, 'fail2ban-client unban --all')
  })

  it('changes nothing the second time', async () => {
    const between = await fingerprint(host)
    const second = await plan(host, 'operation-2')
    expect(second.autoRevert).toBeUndefined()
    expect(second.cuts).toEqual([])
    const { states, failed } = await applyOn(host, second)
    expect([unchanged(states), failed]).toEqual([[], null])
    await expectRestored(host, between)
  })

  it('changes nothing either when the steps themselves are tried again', { timeout: 2 * minutes }, async () => {
    const { states, failed } = await applyOn(host, first)
    expect([...new Set(Object.values(states)), failed]).toEqual(['unchanged', null])
  })

  it('holds over a reboot', { timeout: 3 * minutes }, async () => {
    await host.reboot()
    await layIpv6(host)
    await said(host, listen(8080))
    for (const address of [host.address, six.host]) {
      expect(await knock({ address, port: 8080 })).toBe('silent')
      await expectPortOpen({ address, port: 22 })
    }
    await expectLoginRefused(login('root'))
    await expect.poll(() => said(host, 'fail2ban-client status'), { timeout: 30_000 }).toContain('sshd')
  })

  it('is taken back to the last hash', { timeout: 3 * minutes }, async () => {
    expect(await undoOn(host, first)).toEqual([])
    await expectRestored(host, before)
    expect(await expectLogin(login('root'))).toBe('root\n')
    await expectPortOpen({ address: host.address, port: 8080 })
    await expectPortOpen({ address: six.host, port: 8080 })
  })
})
