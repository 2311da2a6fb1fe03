import { includes, isOpen, showRule } from '../commands/firewall-rule.ts'
import { automaticUpdatesOf, isMaskedByHand } from '../commands/automatic-updates.ts'
import type { PackageState } from '../commands/packages.ts'
import { seldomNeeded, unitNamed } from '../commands/unneeded.ts'
import { linesAbout, showLine } from '../commands/sshd-config.ts'
import { asPrinted, hardening } from '../commands/sshd-drop-in.ts'
import { isLetIn } from '../commands/ufw-rules.ts'
import type { SshdWish } from './lockdown-sshd.ts'
import { configuredPorts, type LockdownSituation, type LockdownWish } from './lockdown-wish.ts'

/** All that makes a lockdown impossible, each with what to do about it. Empty when it can be planned. */
export function findProblems(situation: LockdownSituation, wanted: LockdownWish): string[] {
  const unsupported = ofSystem(situation)
  if (unsupported.length > 0) return unsupported
  const unreadable = ofDaemon(situation)
  if (unreadable.length > 0) return unreadable
  return [
    ...ofLogin(situation),
    ...ofMatches(situation),
    ...ofUserLists(situation),
    ...ofServices(situation),
    ...ofPackages(situation, wanted),
  ]
}

function ofSystem({ facts: { os, packageTool, init } }: LockdownSituation): string[] {
  if (os.family === 'unsupported')
    return [`${os.prettyName} is not supported: lockdown knows the families of Debian, Red Hat, Arch and SUSE`]
  return [
    ...(packageTool === null ? [`${os.prettyName} has none of apt, dnf, yum, pacman and zypper`] : []),
    ...(init === 'systemd' ? [] : ['systemd does not run on it, so it could not restore itself']),
  ]
}

function ofDaemon({ inspected: { sshd } }: LockdownSituation): string[] {
  if (sshd.version === null || sshd.main === null) return ['no OpenSSH server with a configuration was found on it']
  if (sshd.version < 802)
    return [
      `its OpenSSH ${Math.floor(sshd.version / 100)}.${sshd.version % 100} reads no drop-ins: 8.2 is the first that does`,
    ]
  if (sshd.main.entry.kind !== 'regular file')
    return [`${sshd.main.path} is a ${sshd.main.entry.kind}: replace it by what it points to`]
  if (sshd.complaint !== '' && sshd.now.app.size === 0)
    return [`sshd does not accept its own configuration as it stands: ${sshd.complaint.split('\n')[0] ?? ''}`]
  return sshd.afterwards.app.size === 0 || sshd.afterwards.root.size === 0
    ? ['sshd does not say which settings would be in force: "sshd -T" fails on it']
    : []
}

function ofLogin({ inspected: { sshd, groups }, server }: LockdownSituation): string[] {
  const { user, authentication } = server.app
  const methods = (sshd.afterwards.app.get('authenticationmethods') ?? ['any']).flatMap((value) => value.split(/\s+/))
  const [line] = linesAbout(sshd, ['authenticationmethods'])
  const port = sshd.connection?.port
  return [
    ...(user === 'root' ? ['its application user is root, which lockdown refuses: name another application user'] : []),
    ...(groups.length === 0 ? [`there is no user ${user} on it: run the setup first`] : []),
    ...(authentication.method === 'password'
      ? [`${user} logs in with a password, which lockdown refuses: give it a key first`]
      : []),
    ...(methods.some((method) => method === 'any' || /^publickey(:\w+)?$/.test(method))
      ? []
      : [`a key alone does not let ${user} in${line === undefined ? '' : `: ${showLine(line)}`}`]),
    ...(port === undefined || sshd.socketPorts.length > 0 || configuredPorts(sshd).includes(port)
      ? []
      : [
          `sshd was reached on port ${port}, but its configuration has ${configuredPorts(sshd).join(', ')}: it would move as soon as it reads it anew`,
        ]),
  ]
}

/** With our lines ahead of all others, only a Match block can undo one. */
function ofMatches({ inspected: { sshd }, settings, server }: LockdownSituation): string[] {
  const undone = (who: 'app' | 'root', said: readonly string[]): string[] =>
    said.flatMap((setting) => {
      const [keyword = '', value = ''] = setting.split(' ')
      const now = sshd.afterwards[who].get(keyword) ?? []
      if (now.includes(value)) return []
      const where = linesAbout(sshd, [keyword]).filter((line) => line.match !== null && line.value !== value)
      return [
        `for ${who === 'app' ? server.app.user : 'root'}, ${keyword} would stay "${now.join(' ')}" where "${value}" is wanted: ${
          where.length === 0 ? 'a Match block goes before it' : where.map(showLine).join('; ')
        }`,
      ]
    })
  return [
    ...undone('app', asPrinted(hardening(settings.ssh, server.app.user))),
    ...undone('root', ['permitrootlogin no', 'passwordauthentication no']),
  ]
}

function ofUserLists({ inspected: { sshd, groups }, server }: LockdownSituation): string[] {
  const { user } = server.app
  const list = (keyword: string): string[] =>
    (sshd.afterwards.app.get(keyword) ?? []).flatMap((value) => value.split(/\s+/).filter(Boolean))
  const from = sshd.connection?.client ?? null
  const isUser = (pattern: string): boolean => fitsUser(pattern, user, from)
  const inGroup = (pattern: string): boolean => groups.some((group) => fits(pattern, group))
  const said = (keyword: string): string => linesAbout(sshd, [keyword]).map(showLine).join('; ')
  return [
    ...(list('denyusers').some(isUser) ? [`sshd does not let ${user} in: ${said('denyusers')}`] : []),
    ...(list('allowusers').length > 0 && !list('allowusers').some(isUser)
      ? [`sshd lets only others in than ${user}: ${said('allowusers')}`]
      : []),
    ...(list('denygroups').some(inGroup) ? [`sshd does not let ${user} in, by its group: ${said('denygroups')}`] : []),
    ...(list('allowgroups').length > 0 && groups.length > 0 && !list('allowgroups').some(inGroup)
      ? [`sshd lets only other groups in than those of ${user}: ${said('allowgroups')}`]
      : []),
  ]
}

/** Patterns of ssh_config(5): stars, question marks, and an address behind an at sign. */
const fits = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(text)

function fitsUser(pattern: string, user: string, from: string | null): boolean {
  const at = pattern.lastIndexOf('@')
  if (at < 0) return fits(pattern, user)
  const place = pattern.slice(at + 1)
  return fits(pattern.slice(0, at), user) && from !== null && (fits(place, from) || includes(place, from))
}

const untouchable =
  /^(sshd?(@.*)?|systemd-.*|dbus(-broker)?|fail2ban|ufw|firewalld|nftables|networking|NetworkManager|drydock-.*)\.(service|socket)$/

const ofServices = ({ settings }: LockdownSituation): string[] =>
  settings.services.disable
    .map(unitNamed)
    .filter((unit) => untouchable.test(unit))
    .map((unit) => `${unit} is needed to reach or to protect the server: it is not turned off`)

const ofPackages = ({ inspected }: LockdownSituation, { missingPackages }: LockdownWish): string[] =>
  missingPackages.flatMap((name) => {
    const state: PackageState = inspected.packages.get(name) ?? 'unknown'
    return state === 'absent' || state === 'virtual'
      ? [`no package ${name} in the lists, which are fresh: check the host's package sources`]
      : []
  })

/** What the operator should know and what does not stop the lockdown. */
export const findWarnings = (situation: LockdownSituation, wanted: LockdownWish, ssh: SshdWish): string[] => [
  ...aboutMatches(situation),
  ...aboutKeys(situation, ssh),
  ...aboutPasswords(situation),
  ...aboutFirewall(situation, wanted),
  ...aboutUpdates(situation),
  ...(wanted.notSettable.length === 0
    ? []
    : [
        `kernel parameters that this host has from the one it runs on, and that stay: ${wanted.notSettable.join(', ')}`,
      ]),
  ...aboutServices(situation),
]

const aboutMatches = ({ inspected: { sshd } }: LockdownSituation): string[] =>
  linesAbout(sshd, [
    'passwordauthentication',
    'kbdinteractiveauthentication',
    'permitrootlogin',
    'permitemptypasswords',
  ])
    .filter(({ match, value }) => match !== null && value.toLowerCase() !== 'no')
    .map((line) => `still in force for those whom it is about: ${showLine(line)}`)

const aboutKeys = ({ server }: LockdownSituation, { weakKeysKept }: SshdWish): string[] =>
  weakKeysKept.map((type) =>
    server.hostKeys.some((key) => key.type === type)
      ? `the weak host key ${type} stays in use, because the server is known by it: pin a stronger one, then lock down again`
      : `the weak host key ${type} stays in use: the host has no stronger one`,
  )

const aboutPasswords = ({ inspected: { passwordAccounts } }: LockdownSituation): string[] =>
  passwordAccounts
    .filter(({ hasKeys }) => hasKeys)
    .map(({ user }) => `${user} has a password, which no longer lets it in over SSH; its keys do`)

function aboutFirewall(
  { inspected, settings }: LockdownSituation,
  { firewall, guardsContainers, rules, sshPorts }: LockdownWish,
): string[] {
  const { containers, ufw, opened, dropsByDefault } = inspected.firewall
  const client = inspected.sshd.connection?.client ?? null
  const denied = settings.firewall.rules.filter(
    (rule) =>
      rule.action === 'deny' && rule.protocol === 'tcp' && sshPorts.includes(rule.port) && rule.source === 'any',
  )
  return [
    ...(firewall === null ? ['no firewall is set: every port that is in use stays open'] : []),
    ...denied.map((rule) => `SSH is always allowed, so this rule has no effect: ${showRule(rule)}`),
    ...(firewall === 'ufw' && ufw !== null
      ? rules
          .filter(
            ({ port, protocol, action, source }) =>
              protocol === 'tcp' &&
              action === 'allow' &&
              source === 'any' &&
              isMentionedOtherwise(ufw.rules, port, client),
          )
          .map((rule) => `a rule of ufw that is there goes before ${showRule(rule)}`)
      : []),
    ...(firewall === 'nftables' && dropsByDefault
      ? rules
          .filter((rule) => rule.action === 'allow' && !isOpen(opened, rule.port, rule.protocol))
          .map((rule) => `rules of nftables that are there keep ${showRule(rule)} out`)
      : []),
    ...(containers.engine !== null && !guardsContainers
      ? [`ports that ${containers.engine} publishes pass by the firewall`]
      : []),
  ]
}

const isMentionedOtherwise = (lines: Parameters<typeof isLetIn>[0], port: number, client: string | null): boolean =>
  lines.some((line) => line.family === 4 && line.ports === String(port)) && !isLetIn(lines, 4, port, client)

function aboutUpdates({ facts, settings, inspected }: LockdownSituation): string[] {
  if (!settings.automaticUpdates || facts.packageTool === null) return []
  const updates = automaticUpdatesOf(facts.packageTool)
  if (updates === null)
    return [`${facts.os.prettyName} has no security updates apart from all others: none are automatic`]
  return updates.timers.filter((name) => inspected.units.get(name)?.load === 'masked').map(isMaskedByHand)
}

const aboutServices = ({ inspected, settings }: LockdownSituation): string[] =>
  seldomNeeded
    .map(unitNamed)
    .filter(
      (unit) =>
        inspected.units.get(unit)?.active === 'active' && !settings.services.disable.map(unitNamed).includes(unit),
    )
    .map((unit) => `${unit} runs, which a server seldom needs: name it under services to have it turned off`)
