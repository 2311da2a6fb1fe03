import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { images, isLabPossible, type LabHost } from '../../lab/index.ts'
import type { PlanDraft } from '../../schema/plan.ts'
import { bootPrepared, layIpv6, listen, plan, problems, said, type Way } from '../support/apply-lockdown.ts'
import { applyOn, fingerprint, undoOn } from '../support/apply-plan.ts'
import { openPorts } from '../support/port-scan.ts'
import { pythonTool } from '../support/python-tool.ts'
import { expectLogin, expectLoginRefused, expectPortOpen, expectRestored, knock } from '../support/expect.ts'

const lab = await isLabPossible()
const minutes = 60_000
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
  let six: Way
  let before: string[]
  let first: PlanDraft
  const login = (user: string) => ({ ...host, user })
  beforeAll(async () => {
    host = await bootPrepared('lockdown-plan', image)
    six = await layIpv6(host)
    await said(host, `${listen(8080)}; ${listen(443)}`)
    before = await fingerprint(host)
  }, 10 * minutes)
  afterAll(() => host.stop())

  it('says who loses access and what it cannot set, and shows the files that it writes', async () => {
    first = await plan(host, 'operation-1')
    expect(first.cuts).toEqual(['8080/tcp is in use by systemd-socket- and is closed'])
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

  it('answers a stranger nowhere else, whichever of all TCP ports is tried', { timeout: 4 * minutes }, async () => {
    const found = await Promise.all([host.address, six.host].map(openPorts))
    expect(found).toEqual([
      [22, 443],
      [22, 443],
    ])
  })

  it('bans who fails six times, and never us', { timeout: 2 * minutes }, async () => {
    failSixTimes(host.address)
    failSixTimes(six.host)
    await expect.poll(() => said(host, 'fail2ban-client status sshd'), { timeout: 30_000 }).toContain(six.here)
    await expect.poll(() => knock({ address: six.host, port: 22 }), { timeout: 20_000 }).not.toBe('open')
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
    six = await layIpv6(host)
    await said(host, listen(8080))
    for (const address of [host.address, six.host]) {
      expect(await knock({ address, port: 8080 })).toBe('silent')
      await expectPortOpen({ address, port: 22 })
    }
    await expectLoginRefused(login('root'))
    await expect.poll(() => said(host, 'fail2ban-client status'), { timeout: 30_000 }).toContain('sshd')
  })

  it('has no failure by the judgement of ssh-audit', { timeout: 4 * minutes }, async ({ skip }) => {
    const tool = await pythonTool('ssh-audit', '3.9.0')
    if ('because' in tool) {
      skip(tool.because)
      return
    }
    // Over IPv6, where nobody else has to log in: sshd makes a stranger who comes so often wait.
    const ended = spawnSync(tool.program, ['--no-colors', '--ipv6', six.host], { encoding: 'utf8' })
    expect(ended.stdout).toMatch(/^\(kex\) .* -- \[info\]/m)
    expect(ended.stdout.split('\n').filter((line) => line.includes('[fail]'))).toEqual([])
    expect([0, 2], ended.stdout).toContain(ended.status)
  })

  it('is taken back to the last hash', { timeout: 3 * minutes }, async () => {
    expect(await undoOn(host, first)).toEqual([])
    await expectRestored(host, before)
    expect(await expectLogin(login('root'))).toBe('root\n')
    await expectPortOpen({ address: host.address, port: 8080 })
    await expectPortOpen({ address: six.host, port: 8080 })
  })
})

/** Only sshd: the rest has its own test, and packages take their time. */
const onlySshd = {
  firewall: { enabled: false },
  fail2ban: { enabled: false },
  automaticUpdates: false,
  kernel: { enabled: false },
}
const keepSshd = 'rm -rf /srv/ssh && cp -a /etc/ssh /srv/ssh'
const backAsItWas = 'rm -rf /etc/ssh && cp -a /srv/ssh /etc/ssh && systemctl restart ssh'
const append = (text: string): string => `printf '%s\\n' '${text}' >> /etc/ssh/sshd_config`
const insert = (text: string): string => `printf '%s\\n' '${text}' | cat - /srv/ssh/sshd_config > /etc/ssh/sshd_config`

describe.skipIf(!lab.possible)('sshd', () => {
  let host: LabHost
  beforeAll(async () => {
    host = await bootPrepared('lockdown-sshd')
    await said(host, keepSshd)
  }, 10 * minutes)
  afterAll(() => host.stop())

  it.each([
    ['a main file without an Include', `sed -i /^Include/d /etc/ssh/sshd_config`, 'sshd.include'],
    ['a main file that says otherwise first', insert('PermitRootLogin yes'), 'sshd.include'],
    ['a drop-in that sorts before ours', `echo 'PermitRootLogin yes' > /etc/ssh/sshd_config.d/00-cloud.conf`, null],
    ['a Match block that is about somebody else', append('Match User bob\n  PasswordAuthentication yes'), null],
  ])('is hardened in spite of %s, and is taken back', { timeout: 2 * minutes }, async (_, trap, include) => {
    await said(host, `${trap}; systemctl reload ssh`)
    const before = await fingerprint(host)
    const draft = await plan(host, `operation-${trap.length}`, { settings: onlySshd })
    expect(draft.steps.map(({ id }) => id)).toEqual([...(include === null ? [] : [include]), 'sshd.drop-in'])
    const { states, failed } = await applyOn(host, draft)
    expect([new Set(Object.values(states)), failed]).toEqual([new Set(['applied']), null])
    await expectLoginRefused({ ...host, user: 'root' })
    expect(await expectLogin({ ...host, user: 'app' }, 'sudo -n id -un')).toBe('root\n')
    expect(unchanged((await applyOn(host, await plan(host, 'again', { settings: onlySshd }))).states)).toEqual([])
    expect(await undoOn(host, draft)).toEqual([])
    await expectRestored(host, before)
    expect(await expectLogin({ ...host, user: 'root' })).toBe('root\n')
    await said(host, backAsItWas)
  })

  it('is hardened where systemd listens for it, on its port', { timeout: 2 * minutes }, async () => {
    await said(
      host,
      `mkdir -p /etc/systemd/system/ssh.socket.d; printf '[Socket]\\nListenStream=\\nListenStream=2200\\n' > /etc/systemd/system/ssh.socket.d/port.conf
      systemctl daemon-reload; systemctl disable --now ssh.service; systemctl enable --now ssh.socket`,
    )
    const draft = await plan(host, 'operation-socket', { port: 2200, settings: onlySshd })
    const { states, failed } = await applyOn(host, draft)
    expect([states, failed]).toEqual([{ 'sshd.drop-in': 'applied' }, null])
    await expectLoginRefused({ ...host, port: 2200, user: 'root' })
    expect(await expectLogin({ ...host, port: 2200, user: 'app' }, 'sudo -n id -un')).toBe('root\n')
    // Until the next log-in only the socket is there, and sshd has no directory of its own.
    await said(host, 'systemctl stop ssh.service')
    expect(await applyOn(host, draft)).toEqual({ states: { 'sshd.drop-in': 'unchanged' }, failed: null })
    expect(await undoOn(host, draft)).toEqual([])
    expect(await expectLogin({ ...host, port: 2200, user: 'root' })).toBe('root\n')
    await said(
      host,
      `systemctl disable --now ssh.socket; rm -r /etc/systemd/system/ssh.socket.d; systemctl daemon-reload; systemctl enable --now ssh.service; ${backAsItWas}`,
    )
    await expect.poll(() => knock({ address: host.address, port: 22 })).toBe('open')
  })

  it.each([
    [
      'a Match block about our user',
      append('Match User app\n  PasswordAuthentication yes'),
      /passwordauthentication would stay "yes" .*sshd_config, line \d+/,
    ],
    [
      'a Match block about root',
      append('Match Address *\n  PermitRootLogin yes'),
      /for root, permitrootlogin would stay "yes"/,
    ],
    ['a list of users without ours', `echo 'AllowUsers root' > /etc/ssh/sshd_config.d/50-users.conf`, null],
    [
      'a line that sshd does not know',
      `echo 'Nonsense yes' > /etc/ssh/sshd_config.d/50-bad.conf`,
      /does not accept its own configuration/,
    ],
  ])('is left alone, with the reason, where there is %s', async (_, trap, reason) => {
    await said(host, trap)
    const found = await problems(host, { settings: onlySshd })
    await said(host, backAsItWas)
    expect(found.join('\n')).toMatch(reason ?? /sshd lets only others in than app: .*50-users.conf, line 1/)
  })

  it('has its file tested before it is used: what sshd does not accept is never in place', async () => {
    const draft = await plan(host, 'operation-late', { settings: onlySshd })
    await said(host, append('Match User app\n  PasswordAuthentication yes'))
    const { failed } = await applyOn(host, draft)
    expect(failed?.stderr).toContain('for app from')
    expect(await said(host, 'ls /etc/ssh/sshd_config.d')).toBe('')
    expect(await undoOn(host, draft)).toEqual([])
    await said(host, backAsItWas)
  })
})
