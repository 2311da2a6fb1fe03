import { planLockdown } from '../../../plans/lockdown.ts'
import type { PlanDraft, Step } from '../../../schema/plan.ts'
import type { LockdownFacts } from '../../../commands/lockdown-facts.ts'
import { protections } from '../../../commands/kernel-parameters.ts'
import type { SshdFile } from '../../../commands/sshd-facts.ts'
import { asPrinted, hardening } from '../../../commands/sshd-drop-in.ts'
import type { Unit } from '../../../commands/units.ts'
import type { LockdownSituation } from '../../../plans/lockdown-wish.ts'
import type { HostFacts } from '../../../schema/facts.ts'
import { LockdownSettings } from '../../../schema/lockdown.ts'
import type { HostKey, Server } from '../../../schema/server.ts'
import { debian, operationId } from './situation.ts'

export const unit = (active: string, enabled = 'enabled'): Unit => ({
  id: 'a.service',
  load: 'loaded',
  active,
  enabled,
  listens: [],
})

export const sshdFile = (path: string, content: string): SshdFile => ({
  path,
  content,
  entry: { kind: 'regular file', mode: '644', owner: 'root', group: 'root' },
})

/** What sshd prints: keyword and value of each line. */
export const printed = (...lines: string[]): ReadonlyMap<string, readonly string[]> =>
  new Map(lines.map((line) => [line.slice(0, line.indexOf(' ')), [line.slice(line.indexOf(' ') + 1)]]))

const listening = ['listenaddress 0.0.0.0:22', 'authenticationmethods any']
const settings = LockdownSettings.parse({})
const wanted = asPrinted(hardening(settings.ssh, 'app'))
export const hardened = printed(...listening, ...wanted)
const asPackaged = printed(...listening, 'passwordauthentication yes', 'permitrootlogin without-password')

const known = new Set([
  'sntrup761x25519-sha512',
  'aes256-gcm@openssh.com',
  'hmac-sha2-256-etm@openssh.com',
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
])

const sshd: LockdownFacts['sshd'] = {
  connection: { client: '10.0.0.9', server: '10.0.0.1', port: 22 },
  version: 902,
  unit: 'ssh.service',
  unitActive: true,
  socketPorts: [],
  main: sshdFile('/etc/ssh/sshd_config', 'Include /etc/ssh/sshd_config.d/*.conf\nUsePAM yes\n'),
  included: [],
  now: { app: asPackaged, root: asPackaged },
  afterwards: { app: hardened, root: hardened },
  complaint: '',
  known,
  hostKeys: [
    { type: 'ssh-ed25519', bits: 256 },
    { type: 'ecdsa-sha2-nistp256', bits: 256 },
  ],
}

const firewall: LockdownFacts['firewall'] = {
  ufw: null,
  firewalld: null,
  nft: false,
  persistentRules: false,
  opened: [],
  dropsByDefault: false,
  containers: { engine: null, published: [] },
}

/** A Debian that is set up and nothing else. */
export const prepared: LockdownFacts = {
  sshd,
  firewall,
  listening: [{ protocol: 'tcp', address: '0.0.0.0', port: 22, program: 'sshd' }],
  groups: ['app', 'sudo'],
  passwordAccounts: [],
  files: new Map(),
  logs: new Set(),
  units: new Map([
    ['apt-daily.timer', unit('active')],
    ['apt-daily-upgrade.timer', unit('active')],
  ]),
  jails: null,
  neverBanned: [],
  kernel: new Map(protections.map(({ name }) => [name, { value: '5', settable: true }])),
  aptPeriodic: new Map(),
  packages: new Map(),
}

export const hostKey = (type: string): HostKey => ({ type, blob: 'AAAA', fingerprint: `SHA256:${'a'.repeat(43)}` })

export type LockdownChanges = {
  readonly facts?: HostFacts
  readonly settings?: unknown
  readonly inspected?: Partial<LockdownFacts>
  readonly sshd?: Partial<LockdownFacts['sshd']>
  readonly firewall?: Partial<LockdownFacts['firewall']>
  readonly server?: Partial<LockdownSituation['server']>
  readonly onward?: LockdownSituation['onward']
}

/** A prepared Debian on which lockdown is asked for, with what differs. */
export function lockdownSituation(o: LockdownChanges = {}): LockdownSituation {
  const app: Server['app'] = { user: 'app', authentication: { method: 'agent' } }
  return {
    operationId,
    facts: o.facts ?? debian,
    server: { app, port: 22, hostKeys: [hostKey('ssh-ed25519')], ...o.server },
    settings: LockdownSettings.parse(o.settings ?? {}),
    ...(o.onward === undefined ? {} : { onward: o.onward }),
    inspected: {
      ...prepared,
      ...o.inspected,
      sshd: { ...sshd, ...o.sshd },
      firewall: { ...firewall, ...o.firewall },
    },
  }
}

export function answer(changes?: LockdownChanges): { plan: PlanDraft; cuts: readonly string[] } {
  const made = planLockdown(lockdownSituation(changes))
  if (made.kind === 'impossible') throw new Error(made.problems.join('\n'))
  return made
}
export const planned = (changes?: LockdownChanges): PlanDraft => answer(changes).plan
export function problems(changes: LockdownChanges): readonly string[] {
  const made = planLockdown(lockdownSituation(changes))
  return made.kind === 'impossible' ? made.problems : []
}
export const step = (plan: PlanDraft, id: string): Step => {
  const found = plan.steps.find((candidate) => candidate.id === id)
  if (found === undefined) throw new Error(`there is no step ${id}`)
  return found
}
export const ids = (plan: PlanDraft): string[] => plan.steps.map(({ id }) => id)
export const tcp = (port: number, program: string | null = 'web') => ({
  protocol: 'tcp' as const,
  address: '*',
  port,
  program,
})
export const with22 = (...more: ReturnType<typeof tcp>[]) => [...prepared.listening, ...more]
export const ufwOf = (...tuples: string[]) => ({
  active: false,
  rules: tuples.flatMap((tuple) => {
    const [action = '', protocol = '', ports = '', from = '0.0.0.0/0'] = tuple.split(' ')
    const common = { action, protocol, ports, sourcePorts: 'any', direction: 'in' }
    return [
      { ...common, family: 4 as const, to: '0.0.0.0/0', from },
      { ...common, family: 6 as const, to: '::/0', from: from === '0.0.0.0/0' ? '::/0' : from },
    ]
  }),
  ipv6: true,
  dropsByDefault: true,
})
