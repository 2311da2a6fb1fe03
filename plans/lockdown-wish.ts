import { automaticUpdatesOf, type UpdatesWork } from '../commands/automatic-updates.ts'
import { allowTcp, isAbout } from '../commands/firewall-rule.ts'
import { jailKinds, jailFile, type Jail } from '../commands/jails.ts'
import { protections } from '../commands/kernel-parameters.ts'
import type { LockdownFacts, LockdownQuestions } from '../commands/lockdown-facts.ts'
import { nftTablePaths, nftTableUnits } from '../commands/nft-table.ts'
import { seldomNeeded, unitNamed } from '../commands/unneeded.ts'
import { isLocalOnly } from '../commands/ss.ts'
import { hardening } from '../commands/sshd-drop-in.ts'
import { sysctlPath, type Parameter } from '../commands/sysctl.ts'
import { ufwFiles } from '../commands/ufw-rules.ts'
import { isThere } from '../commands/units.ts'
import type { HostFacts } from '../schema/facts.ts'
import type { FirewallRule, LockdownSettings } from '../schema/lockdown.ts'
import type { Server } from '../schema/server.ts'

/** What is asked of which host. */
export type LockdownRequestOn = {
  readonly facts: HostFacts
  readonly server: Pick<Server, 'app' | 'port' | 'jump' | 'hostKeys'>
  readonly settings: LockdownSettings
  /** Servers whose way leads through this one. */
  readonly onward?: readonly Pick<Server, 'name' | 'jump'>[]
}

/** All that a plan is made of: what is wanted, what was found, and for which operation. */
export type LockdownSituation = LockdownRequestOn & { readonly inspected: LockdownFacts; readonly operationId: string }

export type FirewallTool = 'ufw' | 'firewalld' | 'nftables'

/** The settings with what was found in place of every choice that they leave to the host. */
export type LockdownWish = {
  readonly user: string
  /** Where sshd is reached, now and after it has read its configuration anew; always allowed (spec LOCK-3). */
  readonly sshPorts: readonly number[]
  readonly firewall: FirewallTool | null
  /** Those for SSH are apart: they come first. */
  readonly rules: readonly FirewallRule[]
  readonly guardsContainers: boolean
  readonly jails: readonly Jail[]
  readonly updates: UpdatesWork | null
  readonly parameters: readonly Parameter[]
  /** Parameters that a container has from its host. */
  readonly notSettable: readonly string[]
  /** Units to turn off that are there. */
  readonly off: readonly string[]
  readonly packages: readonly string[]
  readonly missingPackages: readonly string[]
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)]

/** What `inspectForLockdown` has to ask of the host for a plan to be made. */
export function lockdownQuestions({ facts, server, settings }: LockdownRequestOn): LockdownQuestions {
  const user = server.app.user
  const updates = facts.packageTool === null ? null : automaticUpdatesOf(facts.packageTool)
  return {
    user,
    sshd: { user, ahead: hardening(settings.ssh, user) },
    files: unique([
      jailFile,
      sysctlPath,
      ...Object.values(ufwFiles),
      ...nftTablePaths,
      ...(updates?.files(() => null).map(({ path }) => path) ?? []),
    ]),
    logs: unique(jailKinds.flatMap(({ logs }) => logs)),
    units: unique([
      ...jailKinds.flatMap(({ units }) => units),
      ...[...seldomNeeded, ...settings.services.disable].map(unitNamed),
      ...(updates?.timers ?? []),
      ...nftTableUnits,
      'fail2ban.service',
      'firewalld.service',
      'ufw.service',
      'rsyslog.service',
      'syslog-ng.service',
    ]),
    kernelParameters: protections.map(({ name }) => name),
    packages: unique(['ufw', 'firewalld', 'nftables', ...fail2banPackages(facts), ...(updates?.packages ?? [])]),
    packageTool: facts.packageTool,
  }
}

/** Where we come from, as the host sees it and as the registry has it; and whom the operator wants never banned. */
export const ownAddresses = ({
  inspected,
  settings,
  server,
}: Pick<LockdownSituation, 'inspected' | 'settings' | 'server'>): readonly string[] => [
  ...(inspected.sshd.connection === null ? [] : [inspected.sshd.connection.client]),
  ...(server.jump === undefined ? [] : [server.jump.hostname]),
  ...settings.fail2ban.neverBan,
]

export function wish(situation: LockdownSituation): LockdownWish {
  const { inspected, settings, facts, server } = situation
  const sshPorts = portsOfSshd(inspected)
  const firewall = firewallTool(situation)
  const guardsContainers =
    firewall !== null && settings.firewall.containers === 'guard' && inspected.firewall.containers.engine !== null
  const updates = settings.automaticUpdates ? updatesWork(situation) : null
  const packages = unique([
    ...(firewall === null ? [] : [firewall]),
    ...(guardsContainers ? ['nftables'] : []),
    ...(settings.fail2ban.enabled ? fail2banPackages(facts) : []),
    ...(updates !== null && facts.packageTool !== null ? (automaticUpdatesOf(facts.packageTool)?.packages ?? []) : []),
  ])
  return {
    user: server.app.user,
    sshPorts,
    firewall,
    rules: settings.firewall.rules.filter(
      (rule) => !sshPorts.some((port) => isAbout(rule, port, 'tcp') && isSame(rule, allowTcp(port))),
    ),
    guardsContainers,
    jails: settings.fail2ban.enabled ? jailsFor(situation, sshPorts) : [],
    updates,
    ...kernelWish(situation),
    off: settings.services.disable.map(unitNamed).filter((unit) => isThere(inspected.units.get(unit))),
    packages,
    missingPackages: packages.filter((name) => inspected.packages.get(name) !== 'installed'),
  }
}

const isSame = (one: FirewallRule, other: FirewallRule): boolean =>
  one.port === other.port &&
  (one.toPort ?? one.port) === (other.toPort ?? other.port) &&
  one.protocol === other.protocol &&
  one.action === other.action &&
  one.source === other.source

/** Debian leaves the journal's and the kernel's side of fail2ban to packages that it only recommends. */
const fail2banPackages = ({ os }: HostFacts): readonly string[] =>
  os.family === 'debian' ? ['fail2ban', 'python3-systemd', 'nftables'] : ['fail2ban']

/** Ports by configuration, by what is there, and by how we came. */
function portsOfSshd({ sshd, listening }: LockdownFacts): readonly number[] {
  const ofDaemon = listening
    .filter((socket) => socket.program === 'sshd' && socket.protocol === 'tcp' && !isLocalOnly(socket))
    .map(({ port }) => port)
  return unique([
    ...(sshd.connection === null ? [] : [sshd.connection.port]),
    ...(sshd.socketPorts.length > 0 ? sshd.socketPorts : configuredPorts(sshd)),
    ...ofDaemon,
  ])
}

/** Where sshd will listen once it has read its configuration anew. */
export const configuredPorts = ({ afterwards }: Pick<LockdownFacts['sshd'], 'afterwards'>): readonly number[] =>
  unique(
    (afterwards.app.get('listenaddress') ?? []).map((address) => Number(address.slice(address.lastIndexOf(':') + 1))),
  )

/** Whichever is at work; else whichever is there; else what the distribution prefers. */
function firewallTool({ settings, inspected: { firewall }, facts }: LockdownSituation): FirewallTool | null {
  if (!settings.firewall.enabled) return null
  if (firewall.firewalld?.running === true) return 'firewalld'
  if (firewall.ufw?.active === true) return 'ufw'
  if (firewall.persistentRules) return 'nftables'
  if (firewall.ufw !== null) return 'ufw'
  if (firewall.firewalld !== null) return 'firewalld'
  switch (facts.os.family) {
    case 'debian':
      return 'ufw'
    case 'redhat':
    case 'suse':
      return 'firewalld'
    case 'arch':
    case 'unsupported':
      return 'nftables'
    default:
      return facts.os.family satisfies never
  }
}

/** Only for services that are there; a jail without its log file would keep fail2ban from starting at all. */
function jailsFor({ inspected, settings }: LockdownSituation, sshPorts: readonly number[]): readonly Jail[] {
  return jailKinds.flatMap((kind) => {
    if (!settings.fail2ban.services.includes(kind.service)) return []
    if (kind.service === 'ssh') {
      const logs = kind.logs.filter((path) => inspected.logs.has(path) && hasSyslog(inspected))
      return [{ kind, logs, ports: sshPorts }]
    }
    if (!kind.units.some((unit) => isThere(inspected.units.get(unit)))) return []
    const logs = kind.logs.filter((path) => inspected.logs.has(path))
    return logs.length > 0 || kind.journal ? [{ kind, logs, ports: [] }] : []
  })
}

/** A log file that nobody writes any more, as after an upgrade to Debian 12, is no place to look. */
const hasSyslog = ({ units }: LockdownFacts): boolean =>
  ['rsyslog.service', 'syslog-ng.service'].some((unit) => units.get(unit)?.active === 'active')

function updatesWork({ facts, inspected }: LockdownSituation): UpdatesWork | null {
  const tool = facts.packageTool
  const updates = tool === null ? null : automaticUpdatesOf(tool)
  if (tool === null || updates === null) return null
  return {
    tool,
    files: updates.files((path) => inspected.files.get(path)?.content ?? null),
    timers: updates.timers.filter((name) => inspected.units.get(name)?.load !== 'masked'),
  }
}

function kernelWish({ settings, inspected }: LockdownSituation): Pick<LockdownWish, 'parameters' | 'notSettable'> {
  if (!settings.kernel.enabled) return { parameters: [], notSettable: [] }
  const wanted = protections.filter(({ name }) => inspected.kernel.has(name) && !settings.kernel.keep.includes(name))
  const now = (name: string): string => inspected.kernel.get(name)?.value ?? ''
  const isSafe = ({ name, value, orAlready = [] }: (typeof wanted)[number]): boolean =>
    now(name) === value || orAlready.includes(now(name))
  const settable = (name: string): boolean => inspected.kernel.get(name)?.settable === true
  return {
    parameters: wanted
      .filter(({ name }) => settable(name))
      .map((one) => ({ name: one.name, value: isSafe(one) ? now(one.name) : one.value })),
    notSettable: wanted.filter((one) => !settable(one.name) && !isSafe(one)).map(({ name }) => name),
  }
}
