import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseFail2banJails } from '../../../commands/fail2ban.ts'
import { parseFilterTable } from '../../../commands/iptables.ts'
import { parseNftRuleset } from '../../../commands/nft.ts'
import { isLocalOnly, parseListeningSockets } from '../../../commands/ss.ts'
import { parseSshdSettings, printSshdSettings } from '../../../commands/sshd.ts'
import { parseUfwStatus } from '../../../commands/ufw.ts'
import { parseAptUpgrades, parseDnfSecurityUpgrades } from '../../../commands/upgrades.ts'

const captured = (name: string): string => readFileSync(join(import.meta.dirname, 'captured', name), 'utf8')

describe("sshd's settings in force", () => {
  it('are asked for everybody, or for one who comes from somewhere', () => {
    expect(printSshdSettings().text).toBe('sshd -T')
    expect(printSshdSettings({ user: 'app', address: '203.0.113.1' }).text).toBe(
      "sshd -T -C 'user=app,host=203.0.113.1,addr=203.0.113.1'",
    )
  })

  it('keep every value of a keyword', () => {
    const settings = parseSshdSettings(captured('sshd-settings-trixie.txt'))
    expect(settings.get('permitrootlogin')).toEqual(['without-password'])
    expect(settings.get('listenaddress')).toEqual(['[::]:22', '0.0.0.0:22'])
    expect(settings.get('acceptenv')).toEqual(['LANG', 'LC_*', 'COLORTERM', 'NO_COLOR'])
  })
})

describe('listening sockets', () => {
  it('of a host', () => {
    expect(parseListeningSockets(captured('ss-listening-bookworm.txt'))).toEqual([
      { protocol: 'tcp', address: '0.0.0.0', port: 22, program: 'sshd' },
      { protocol: 'tcp', address: '::', port: 22, program: 'sshd' },
    ])
  })

  it.each([
    ['udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*', { address: '127.0.0.53', port: 53, program: null }, true],
    ['udp UNCONN 0 0 [fe80::1]%eth0:546 [::]:*', { address: 'fe80::1', port: 546 }, false],
    [
      'tcp LISTEN 0 4096 *:9100 *:* users:(("node_exporter",pid=9,fd=3))',
      { address: '*', program: 'node_exporter' },
      false,
    ],
    ['tcp LISTEN 0 128 [::1]:631 [::]:*', { address: '::1', port: 631 }, true],
    ['tcp LISTEN 0 50 [::ffff:127.0.0.1]:8005 *:*', { address: '::ffff:127.0.0.1', port: 8005 }, true],
  ])('%s', (line, socket, local) => {
    const [found] = parseListeningSockets(line)
    expect(found).toMatchObject(socket)
    expect(found && isLocalOnly(found)).toBe(local)
  })
})

describe("ufw's status", () => {
  it('has defaults and rules', () => {
    expect(parseUfwStatus(captured('ufw-status-bookworm.txt'))).toEqual({
      active: true,
      defaults: { incoming: 'deny', outgoing: 'allow', routed: 'deny' },
      rules: [
        { to: '22/tcp', action: 'ALLOW IN', from: 'Anywhere' },
        { to: '5432/tcp', action: 'ALLOW IN', from: '10.0.0.0/8' },
        { to: '80', action: 'LIMIT IN', from: 'Anywhere' },
        { to: '22/tcp (v6)', action: 'ALLOW IN', from: 'Anywhere (v6)' },
        { to: '80 (v6)', action: 'LIMIT IN', from: 'Anywhere (v6)' },
      ],
    })
  })

  it('of one that is off', () => {
    expect(parseUfwStatus('Status: inactive\n')).toEqual({ active: false, defaults: null, rules: [] })
  })
})

describe('the ruleset of the kernel', () => {
  it('names the chains that packets come through, with their policies', () => {
    const chains = parseNftRuleset(captured('nft-ruleset-bookworm-ufw.txt'))
    const bases = chains.filter(({ hook }) => hook !== null)
    expect(bases.map(({ family, name, hook, policy }) => [family, name, hook, policy])).toEqual([
      ['ip', 'INPUT', 'input', 'drop'],
      ['ip', 'OUTPUT', 'output', 'accept'],
      ['ip', 'FORWARD', 'forward', 'drop'],
      ['ip6', 'INPUT', 'input', 'drop'],
      ['ip6', 'OUTPUT', 'output', 'accept'],
      ['ip6', 'FORWARD', 'forward', 'drop'],
    ])
    expect(bases[0]?.rules).toContain('counter jump ufw-before-input')
  })

  it('has a policy only where one is said', () => {
    const text =
      'table inet filter {\n\tset names {\n\t\ttype ipv4_addr\n\t}\n\n\tchain input {\n\t\ttype filter hook input priority filter;\n\t\ttcp dport 22 accept\n\t\treject\n\t}\n}\n'
    expect(parseNftRuleset(text)).toEqual([
      {
        family: 'inet',
        table: 'filter',
        name: 'input',
        type: 'filter',
        hook: 'input',
        policy: 'accept',
        rules: ['tcp dport 22 accept', 'reject'],
      },
    ])
  })

  it('is read from iptables too', () => {
    const text =
      '*filter\n:INPUT DROP [4:240]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:own - [0:0]\n-A INPUT -i lo -j ACCEPT\n-A own -j DROP\nCOMMIT\n'
    expect(parseFilterTable(text)).toEqual([
      { name: 'INPUT', policy: 'DROP', rules: ['-i lo -j ACCEPT'] },
      { name: 'FORWARD', policy: 'ACCEPT', rules: [] },
      { name: 'OUTPUT', policy: 'ACCEPT', rules: [] },
    ])
  })
})

describe('jails of fail2ban', () => {
  it.each([
    ['Status\n|- Number of jail:\t2\n`- Jail list:\tnginx-http-auth, sshd\n', ['nginx-http-auth', 'sshd']],
    ['Status\n|- Number of jail:\t0\n`- Jail list:\t\n', []],
    ['ERROR   Failed to access socket path\n', null],
  ])('%j', (stdout, jails) => expect(parseFail2banJails(stdout)).toEqual(jails))
})

describe('what could be upgraded', () => {
  it('with apt, and which of it mends a weakness', () => {
    const text = `Inst base-files [12.4+deb12u7] (12.4+deb12u8 Debian:12.8/stable [amd64])
Inst openssl [3.0.14-1] (3.0.15-1~deb12u1 Debian:12.8/stable, Debian-Security:12/stable-security [amd64]) []
Inst linux-image-6.1.0-28-amd64 (6.1.119-1 Debian-Security:12/stable-security [amd64])
Conf base-files (12.4+deb12u8 Debian:12.8/stable [amd64])
`
    expect(parseAptUpgrades(text)).toEqual([
      { name: 'base-files', to: '12.4+deb12u8', security: false },
      { name: 'openssl', to: '3.0.15-1~deb12u1', security: true },
    ])
  })

  it('with dnf', () => {
    expect(parseDnfSecurityUpgrades('FEDORA-2026-1 Important/Sec. openssl-libs-1:3.0.7-2.el9.x86_64\n')).toEqual([
      { name: 'openssl-libs', to: '1:3.0.7-2.el9.x86_64', security: true },
    ])
  })
})
