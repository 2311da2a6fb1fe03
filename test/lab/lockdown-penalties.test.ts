import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isLabPossible, type LabHost } from '../../lab/index.ts'
import { bootPrepared, layIpv6, plan, said, type Way } from '../support/apply-lockdown.ts'
import { applyOn, undoOn } from '../support/apply-plan.ts'
import { expectLogin } from '../support/expect.ts'

const lab = await isLabPossible()
const minutes = 60_000
const onlySshd = {
  firewall: { enabled: false },
  fail2ban: { enabled: false },
  automaticUpdates: false,
  kernel: { enabled: false },
}

/** The daemon of OpenSSH 9.8 and newer lets nobody knock for a while who has failed again and again. */
describe.skipIf(!lab.possible)('an sshd that punishes addresses', () => {
  let host: LabHost
  let six: Way
  const folder = mkdtempSync(join(tmpdir(), 'drydock-penalties-'))
  const wrongKey = join(folder, 'key')
  beforeAll(async () => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', wrongKey])
    host = await bootPrepared('penalties', 'trixie')
    six = await layIpv6(host)
  }, 10 * minutes)
  afterAll(async () => {
    rmSync(folder, { recursive: true })
    await host.stop()
  })

  /** One log-in by a key that nobody knows, and what ssh says of it. */
  const fail = (address: string): string => {
    const options = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes']
    const argv = [
      '-F',
      'none',
      ...options.flatMap((option) => ['-o', option]),
      '-i',
      wrongKey,
      `app@${address}`,
      'true',
    ]
    return spawnSync('ssh', argv, { encoding: 'utf8' }).stderr
  }

  it('never punishes our own address after a lockdown, and others as before', { timeout: 4 * minutes }, async () => {
    const draft = await plan(host, 'operation-1', { settings: onlySshd })
    expect((await applyOn(host, draft)).failed).toBeNull()
    expect(await said(host, 'sshd -T | grep -i ^persourcepenalt')).toMatch(/^persourcepenalties .*authfail:5/m)

    await expect
      .poll(() => fail(six.host), { timeout: 60_000 })
      .toMatch(/Not allowed at this time|kex_exchange_identification/)
    for (let tries = 0; tries < 10; tries += 1) expect(fail(host.address)).toContain('Permission denied')
    expect(await expectLogin({ ...host, user: 'app' }, 'sudo -n id -un')).toBe('root\n')

    const second = await plan(host, 'operation-2', { settings: onlySshd })
    expect(second.steps.map(({ id, alreadySo }) => [id, alreadySo !== undefined])).toEqual([['sshd.drop-in', true]])
    expect(await undoOn(host, draft)).toEqual([])
  })

  it('keeps those exempt whom others have named', { timeout: 4 * minutes }, async () => {
    await said(
      host,
      `echo 'PerSourcePenaltyExemptList 198.51.100.0/24' > /etc/ssh/sshd_config.d/50-ours.conf; systemctl restart ssh`,
    )
    const draft = await plan(host, 'operation-3', { settings: onlySshd })
    expect((await applyOn(host, draft)).failed).toBeNull()
    expect(await said(host, 'sshd -T | grep -i ^persourcepenaltyexemptlist')).toMatch(/ 198\.51\.100\.0\/24,.*\d/)
    const second = await plan(host, 'operation-4', { settings: onlySshd })
    expect(second.steps.every(({ alreadySo }) => alreadySo !== undefined)).toBe(true)
  })
})
