import { sshdSettings, sshdSettingsOfUsers } from '../../commands/audit/ssh.ts'
import type { SshdSettings } from '../../commands/sshd.ts'
import { type Area, type Check, cis, fail, type Judgement, noneOf, notApplicable, pass, unreadable } from './check.ts'
import { loginChecks } from './logins.ts'
import { atMost, inDropIn, is, noWeak, setting, valueOf } from './sshd-setting.ts'

const takesPassword = (settings: SshdSettings): boolean =>
  valueOf(settings, 'passwordauthentication') === 'yes' || valueOf(settings, 'kbdinteractiveauthentication') === 'yes'

/** Root gets in with a password only where PermitRootLogin says a plain yes. */
const getsInByPassword = ([user, settings]: readonly [string, SshdSettings]): boolean =>
  takesPassword(settings) && (user !== 'root' || valueOf(settings, 'permitrootlogin') === 'yes')

const noUsers = unreadable('sshd -T -C gave no settings: sshd is not there, or its configuration is wrong')
const hasNone = (users: ReadonlyMap<string, SshdSettings>): boolean =>
  [...users.values()].every((settings) => settings.size === 0)
const asked = (users: ReadonlyMap<string, SshdSettings>): string =>
  `sshd -T -C user=NAME, for ${[...users.keys()].join(', ')}`

const rootPassword: Check = {
  id: 'ssh.root-password',
  title: "Root's password opens no door from outside",
  severity: 'critical',
  setting: 'PermitRootLogin and PasswordAuthentication for root',
  wanted: 'not both',
  reads: [sshdSettingsOfUsers],
  judge(see) {
    const users = see(sshdSettingsOfUsers)
    if (hasNone(users)) return noUsers
    const root = [...users].filter(([user]) => user === 'root')
    return root.some(getsInByPassword)
      ? fail('sshd -T -C user=root: permitrootlogin yes, with a password', 'both')
      : pass(asked(new Map(root)), 'not both')
  },
  remedy: inDropIn('PermitRootLogin no and PasswordAuthentication no'),
  fix: 'lockdown',
  reference: cis('5.1.20'),
}

/** A Match block may take back for some what holds for all. */
const userPasswords: Check = {
  id: 'ssh.user-passwords',
  title: 'No Match block lets a user in with a password',
  severity: 'high',
  setting: 'PasswordAuthentication for each user',
  wanted: 'no',
  reads: [sshdSettings, sshdSettingsOfUsers],
  judge(see): Judgement {
    const users = see(sshdSettingsOfUsers)
    if (hasNone(users)) return noUsers
    if (takesPassword(see(sshdSettings))) return notApplicable('everybody may log in with a password as it is')
    return noneOf(
      [...users].filter(getsInByPassword).map(([user]) => `${user} may log in with a password`),
      { none: asked(users), some: 'sshd -T -C user=NAME' },
    )
  },
  remedy: 'Take PasswordAuthentication and KbdInteractiveAuthentication out of the Match blocks of sshd_config.',
}

/** How people get in over SSH: the values in force, read back from sshd itself. */
export const ssh: Area = {
  area: 'ssh',
  checks: [
    setting({
      id: 'ssh.root-login',
      title: 'Root may not log in over SSH',
      severity: 'high',
      keyword: 'PermitRootLogin',
      wanted: 'no',
      isGood: is('no'),
      isWeak: is('without-password', 'prohibit-password', 'forced-commands-only'),
      reference: cis('5.1.20'),
    }),
    setting({
      id: 'ssh.password-authentication',
      title: 'Nobody logs in over SSH with a password',
      severity: 'high',
      keyword: 'PasswordAuthentication',
      wanted: 'no',
      isGood: is('no'),
    }),
    rootPassword,
    userPasswords,
    setting({
      id: 'ssh.empty-passwords',
      title: 'SSH refuses empty passwords',
      severity: 'critical',
      keyword: 'PermitEmptyPasswords',
      wanted: 'no',
      isGood: is('no'),
      reference: cis('5.1.19'),
    }),
    setting({
      id: 'ssh.keyboard-interactive',
      title: 'SSH asks no questions instead of a key',
      severity: 'medium',
      keyword: 'KbdInteractiveAuthentication',
      wanted: 'no',
      isGood: is('no'),
    }),
    setting({
      id: 'ssh.public-key',
      title: 'Keys open the door',
      severity: 'medium',
      keyword: 'PubkeyAuthentication',
      wanted: 'yes',
      isGood: is('yes'),
    }),
    setting({
      id: 'ssh.host-based',
      title: 'No host vouches for its users',
      severity: 'medium',
      keyword: 'HostbasedAuthentication',
      wanted: 'no',
      isGood: is('no'),
      reference: cis('5.1.10'),
    }),
    setting({
      id: 'ssh.rhosts',
      title: "Users' .rhosts files are not minded",
      severity: 'medium',
      keyword: 'IgnoreRhosts',
      wanted: 'yes',
      isGood: is('yes', 'shosts-only'),
      reference: cis('5.1.11'),
    }),
    setting({
      id: 'ssh.user-environment',
      title: 'Users set no environment for their log-in',
      severity: 'medium',
      keyword: 'PermitUserEnvironment',
      wanted: 'no',
      isGood: is('no'),
      reference: cis('5.1.21'),
    }),
    setting({
      id: 'ssh.strict-modes',
      title: 'Key files that others may write do not count',
      severity: 'high',
      keyword: 'StrictModes',
      wanted: 'yes',
      isGood: is('yes'),
    }),
    setting({
      id: 'ssh.pam',
      title: 'PAM has its say at log-in',
      severity: 'low',
      keyword: 'UsePAM',
      wanted: 'yes',
      isGood: is('yes'),
      reference: cis('5.1.22'),
    }),
    setting({
      id: 'ssh.tries',
      title: 'A connection has few tries',
      severity: 'low',
      keyword: 'MaxAuthTries',
      wanted: '4 or fewer',
      isGood: atMost(4),
      isWeak: atMost(6),
      reference: cis('5.1.16'),
      remedy: inDropIn('MaxAuthTries 4'),
    }),
    setting({
      id: 'ssh.grace-time',
      title: 'Who does not log in is soon sent away',
      severity: 'low',
      keyword: 'LoginGraceTime',
      wanted: '60 seconds or less',
      isGood: atMost(60),
      isWeak: atMost(120),
      reference: cis('5.1.13'),
      remedy: inDropIn('LoginGraceTime 60'),
    }),
    setting({
      id: 'ssh.log-level',
      title: 'Log-ins are logged',
      severity: 'medium',
      keyword: 'LogLevel',
      wanted: 'INFO or VERBOSE',
      isGood: is('INFO', 'VERBOSE'),
      isWeak: is('DEBUG', 'DEBUG1', 'DEBUG2', 'DEBUG3'),
      reference: cis('5.1.14'),
      remedy: inDropIn('LogLevel VERBOSE'),
    }),
    setting({
      id: 'ssh.x11',
      title: 'No screens are forwarded',
      severity: 'low',
      keyword: 'X11Forwarding',
      wanted: 'no',
      isGood: is('no'),
      isWeak: is('yes'),
    }),
    setting({
      id: 'ssh.agent-forwarding',
      title: 'No agents are forwarded',
      severity: 'low',
      keyword: 'AllowAgentForwarding',
      wanted: 'no',
      isGood: is('no'),
      isWeak: is('yes'),
      reference: cis('5.1.8'),
    }),
    setting({
      id: 'ssh.gateway-ports',
      title: 'Forwarded ports are open to the host alone',
      severity: 'medium',
      keyword: 'GatewayPorts',
      wanted: 'no',
      isGood: is('no'),
    }),
    setting({
      id: 'ssh.tunnels',
      title: 'SSH makes no network of its own',
      severity: 'low',
      keyword: 'PermitTunnel',
      wanted: 'no',
      isGood: is('no'),
    }),
    noWeak('Ciphers', 'ciphers', { severity: 'medium', section: '5.1.6' }),
    noWeak('MACs', 'macs', { severity: 'low', section: '5.1.15' }),
    noWeak('KexAlgorithms', 'key-exchanges', { severity: 'medium', section: '5.1.12' }),
    ...loginChecks,
  ],
}
