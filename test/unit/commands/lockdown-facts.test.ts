import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parsePasswordAccounts } from '../../../commands/accounts.ts'
import { inspectForLockdown, parseLockdownFacts } from '../../../commands/lockdown-facts.ts'
import { isLetIn } from '../../../commands/ufw-rules.ts'
import { lockdownQuestions } from '../../../plans/lockdown-wish.ts'
import { LockdownSettings } from '../../../schema/lockdown.ts'
import { debian } from '../plans/situation.ts'
import { expectScript } from './script.ts'

const captured = (name: string): string => readFileSync(join(import.meta.dirname, 'captured', `${name}.txt`), 'utf8')
const questions = lockdownQuestions({
  facts: debian,
  server: { app: { user: 'app', authentication: { method: 'agent' } }, port: 22, hostKeys: [] },
  settings: LockdownSettings.parse({}),
})

describe('what lockdown looks at', () => {
  it('is asked in one read', () => expectScript(inspectForLockdown(questions), 'lockdown-facts'))

  it('on a prepared bookworm is how it came', () => {
    const facts = parseLockdownFacts(captured('lockdown-facts-bookworm-prepared'), questions)
    expect(facts).toMatchObject({
      groups: ['app'],
      passwordAccounts: [],
      jails: null,
      neverBanned: [],
      listening: [
        { protocol: 'tcp', address: '0.0.0.0', port: 22, program: 'sshd' },
        { protocol: 'tcp', address: '::', port: 22, program: 'sshd' },
      ],
      firewall: { ufw: null, firewalld: null, nft: false, persistentRules: false, containers: { engine: null } },
      sshd: {
        connection: { port: 22 },
        version: 902,
        unit: 'ssh.service',
        unitActive: true,
        socketPorts: [],
        main: { path: '/etc/ssh/sshd_config', entry: { mode: '644', owner: 'root' } },
        included: [],
        complaint: '',
        hostKeys: [
          { type: 'ecdsa-sha2-nistp256', bits: 256 },
          { type: 'ssh-ed25519', bits: 256 },
        ],
      },
    })
    expect(facts.sshd.now.app.get('passwordauthentication')).toEqual(['yes'])
    expect(facts.sshd.afterwards.app.get('passwordauthentication')).toEqual(['no'])
    expect(facts.sshd.afterwards.root.get('permitrootlogin')).toEqual(['no'])
    expect(facts.sshd.known.has('sntrup761x25519-sha512')).toBe(true)
    expect(facts.packages.get('fail2ban')).toMatch(/available|stale/)
    expect(facts.units.get('apt-daily.timer')?.load).toBe('masked')
    expect(facts.kernel.get('kernel.kptr_restrict')).toEqual({ value: '0', settable: false })
    expect(facts.kernel.get('net.ipv4.tcp_syncookies')).toEqual({ value: '1', settable: true })
  })

  it('on a bookworm that is locked down is what lockdown has brought', () => {
    const facts = parseLockdownFacts(captured('lockdown-facts-bookworm-locked'), questions)
    expect(facts.sshd.now.app.get('passwordauthentication')).toEqual(['no'])
    expect(facts.sshd.included.map(({ path, entry }) => [path, entry.mode])).toEqual([
      ['/etc/ssh/sshd_config.d/00-drydock.conf', '600'],
    ])
    expect(facts.jails).toEqual(['sshd'])
    expect(facts.firewall.ufw).toMatchObject({ active: true, ipv6: true, dropsByDefault: true })
    const rules = facts.firewall.ufw?.rules ?? []
    expect([4, 6].map((family) => isLetIn(rules, family === 4 ? 4 : 6, 22, null))).toEqual([true, true])
    expect(facts.files.get('/etc/fail2ban/jail.d/drydock.local')?.content).toContain('[sshd]')
    expect(facts.aptPeriodic.get('Unattended-Upgrade')).toBe('1')
    expect(facts.units.get('ufw.service')?.enabled).toBe('enabled')
    expect([...facts.packages.values()].filter((state) => state === 'installed')).toHaveLength(5)
  })

  it('is not made up where the host did not answer', () => {
    expect(() => parseLockdownFacts('sh: 1: Syntax error\n', questions)).toThrow('did not answer')
  })

  it('is who has a password, and whether there are keys beside it', () => {
    expect(parsePasswordAccounts('bob 1001 \nann 1002 keys\n')).toEqual([
      { user: 'bob', uid: 1001, hasKeys: false },
      { user: 'ann', uid: 1002, hasKeys: true },
    ])
  })
})
