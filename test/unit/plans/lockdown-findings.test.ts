import { describe, expect, it } from 'vitest'
import {
  unit,
  sshdFile,
  printed,
  hardened,
  type LockdownChanges,
  answer,
  planned,
  problems,
  tcp,
  with22,
  ufwOf,
} from './lockdown-situation.ts'
import { on } from './situation.ts'
const through = (user: string, method: 'agent' | 'password' = 'agent') => ({
  name: 'db-1',
  jump: {
    hostname: '192.0.2.7',
    port: 22,
    login: {
      user,
      authentication:
        method === 'agent' ? { method } : { method, password: { kind: 'stored' as const, name: 'password' } },
    },
  },
})

const forwarding = new Map([
  ...hardened,
  ['allowtcpforwarding', ['local']],
  ['allowstreamlocalforwarding', ['local']],
] as const)
const withForwarding = {
  settings: { ssh: { tcpForwarding: 'local' } },
  sshd: { afterwards: { app: forwarding, root: forwarding } },
}

describe('access that somebody loses', () => {
  it.each<[string, string[], LockdownChanges]>([
    [
      'by a port in use',
      ['9000/tcp is in use by web and is closed'],
      { inspected: { listening: with22(tcp(9000), tcp(9000)) } },
    ],
    [
      'by a port of an unknown program',
      ['9000/tcp is in use and is closed'],
      { inspected: { listening: with22(tcp(9000, null)) } },
    ],
    ['not by a port that is allowed', [], { inspected: { listening: with22(tcp(80)) } }],
    [
      'not by a port for the host alone',
      [],
      { inspected: { listening: with22({ ...tcp(9000), address: '127.0.0.1' }) } },
    ],
    [
      'not by a port that rules allow already',
      [],
      { inspected: { listening: with22(tcp(9000)) }, firewall: { ufw: ufwOf('allow tcp 9000') } },
    ],
    [
      'not by a port that is closed already',
      [],
      { inspected: { listening: with22(tcp(9000)) }, firewall: { ufw: { ...ufwOf(), active: true } } },
    ],
    [
      'not without a firewall',
      [],
      { inspected: { listening: with22(tcp(9000)) }, settings: { firewall: { enabled: false } } },
    ],
    [
      'with a password alone',
      ['bob has a password and no key: it cannot log in over SSH any more'],
      { inspected: { passwordAccounts: [{ user: 'bob', uid: 1001, hasKeys: false }] } },
    ],
    [
      'not with a key beside the password',
      [],
      { inspected: { passwordAccounts: [{ user: 'bob', uid: 1001, hasKeys: true }] } },
    ],
    [
      'not where passwords are refused already',
      [],
      {
        inspected: { passwordAccounts: [{ user: 'bob', uid: 1001, hasKeys: false }] },
        sshd: { now: { app: hardened, root: hardened } },
      },
    ],
    [
      'by a unit that is stopped',
      ['cups.service runs and is stopped'],
      {
        settings: { services: { disable: ['cups'] } },
        inspected: { units: new Map([['cups.service', unit('active')]]) },
      },
    ],
    [
      'on the way to another server',
      ['db-1 is reached through this server and would not be any more: set ssh.tcp_forwarding to "local"'],
      { onward: [through('ops')] },
    ],
    [
      'as root, on the way to another server',
      ['db-1 is reached through this server as root, who is refused: give its jump host another user'],
      { onward: [through('root')], ...withForwarding },
    ],
    [
      'by a password, on the way to another server',
      ['db-1 is reached through this server by a password, which is refused: give its jump host a key'],
      { onward: [through('ops', 'password')], ...withForwarding },
    ],
    ['not on a way that stays', [], { onward: [through('ops')], ...withForwarding }],
    [
      'not on a way that was closed already',
      [],
      { onward: [through('root')], sshd: { now: { app: hardened, root: hardened } } },
    ],
  ])('is named: %s', (_, cuts, changes) => {
    const made = answer(changes)
    expect(made.cuts).toEqual(cuts)
    expect(made.plan.warnings).toEqual(expect.arrayContaining(cuts))
  })
})

describe('a warning', () => {
  const bob = sshdFile('/etc/ssh/sshd_config.d/10-bob.conf', '\nMatch User bob\n  PasswordAuthentication yes\n')
  it.each<[string, LockdownChanges]>([
    [
      'still in force for those whom it is about: /etc/ssh/sshd_config.d/10-bob.conf, line 3',
      { sshd: { included: [bob] } },
    ],
    [
      'somebody has masked apt-daily.timer',
      { inspected: { units: new Map([['apt-daily.timer', { ...unit('inactive', 'masked'), load: 'masked' }]]) } },
    ],
    [
      'kernel parameters that this host has from the one it runs on, and that stay: kernel.kptr_restrict',
      { inspected: { kernel: new Map([['kernel.kptr_restrict', { value: '0', settable: false }]]) } },
    ],
    [
      'cups.service runs, which a server seldom needs',
      { inspected: { units: new Map([['cups.service', unit('active')]]) } },
    ],
    [
      'SSH is always allowed, so this rule has no effect: deny 22/tcp',
      { settings: { firewall: { rules: [{ port: 22, action: 'deny' }] } } },
    ],
    ['has no security updates apart from all others', { facts: on('arch', 'pacman') }],
    [
      'bob has a password, which no longer lets it in',
      { inspected: { passwordAccounts: [{ user: 'bob', uid: 1001, hasKeys: true }] } },
    ],
  ])('says that %s', (text, changes) => {
    expect(planned(changes).warnings.join('\n')).toContain(text)
  })
})

const undone = (line: string) => ({ app: new Map([...hardened, ...printed(line)]), root: hardened })

describe('a lockdown is impossible', () => {
  const match = sshdFile('/etc/ssh/sshd_config.d/20-app.conf', 'Match User app\n  PasswordAuthentication yes\n')
  it.each<[string, LockdownChanges]>([
    ['is not supported', { facts: on('unsupported', 'apt') }],
    ['has none of apt', { facts: on('debian', null) }],
    ['no OpenSSH server', { sshd: { version: null } }],
    ['its OpenSSH 8.1 reads no drop-ins', { sshd: { version: 801 } }],
    [
      'does not accept its own configuration as it stands: line 3: Bad',
      { sshd: { complaint: 'line 3: Bad', now: { app: new Map(), root: new Map() } } },
    ],
    ['does not say which settings would be in force', { sshd: { afterwards: { app: new Map(), root: new Map() } } }],
    ['its application user is root', { server: { app: { user: 'root', authentication: { method: 'agent' } } } }],
    ['there is no user app on it', { inspected: { groups: [] } }],
    [
      'app logs in with a password',
      {
        server: {
          app: { user: 'app', authentication: { method: 'password', password: { kind: 'stored', name: 'x' } } },
        },
      },
    ],
    [
      'for app, passwordauthentication would stay "yes" where "no" is wanted: /etc/ssh/sshd_config.d/20-app.conf, line 2: passwordauthentication yes (under Match User app)',
      { sshd: { afterwards: undone('passwordauthentication yes'), included: [match] } },
    ],
    [
      'for root, permitrootlogin would stay "yes"',
      { sshd: { afterwards: { app: hardened, root: new Map([...hardened, ...printed('permitrootlogin yes')]) } } },
    ],
    [
      'sshd lets only others in than app: /etc/ssh/sshd_config, line 1: allowusers ann',
      { sshd: { main: sshdFile('/etc/ssh/sshd_config', 'AllowUsers ann'), afterwards: undone('allowusers ann') } },
    ],
    ['sshd lets only others in than app', { sshd: { afterwards: undone('allowusers app@192.0.2.*') } }],
    ['sshd does not let app in', { sshd: { afterwards: undone('denyusers a?p') } }],
    ['sshd lets only other groups in', { sshd: { afterwards: undone('allowgroups wheel') } }],
    ['by its group', { sshd: { afterwards: undone('denygroups sudo') } }],
    ['a key alone does not let app in', { sshd: { afterwards: undone('authenticationmethods publickey,password') } }],
    ['it would move as soon as it reads it anew', { sshd: { afterwards: undone('listenaddress 0.0.0.0:2222') } }],
    ['ssh.service is needed to reach', { settings: { services: { disable: ['ssh'] } } }],
    ['no package fail2ban in the lists', { inspected: { packages: new Map([['fail2ban', 'absent']] as const) } }],
  ])('when %s', (text, changes) => {
    const said = problems(changes)
    expect(said).toHaveLength(1)
    expect(said[0]).toContain(text)
  })

  it.each([
    'allowusers app',
    'allowusers ann app@10.0.0.0/8',
    'allowusers a*',
    'allowgroups users sudo',
    'denyusers ann',
    'authenticationmethods publickey publickey,password',
  ])('but not by "%s"', (line) => expect(problems({ sshd: { afterwards: undone(line) } })).toEqual([]))
})
