import { z } from 'zod'
import { Port, UserName } from './server.ts'

/** One address or network of either family. */
export const Network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])
export type Network = z.infer<typeof Network>

/** `any` is everybody, over IPv4 and IPv6. */
export const FirewallSource = z.union([z.literal('any'), Network])
export type FirewallSource = z.infer<typeof FirewallSource>

/** What may come in, or not (spec LOCK-6). `toPort` makes it a range. */
export const FirewallRule = z.object({
  port: Port,
  toPort: Port.optional(),
  protocol: z.enum(['tcp', 'udp']).default('tcp'),
  action: z.enum(['allow', 'deny']).default('allow'),
  source: FirewallSource.default('any'),
})
export type FirewallRule = z.infer<typeof FirewallRule>

/** A name of sysctl(8) in its dotted form. */
export const KernelParameter = z
  .string()
  .regex(/^[a-z0-9_]+(\.[A-Za-z0-9_-]+)+$/, 'a kernel parameter such as net.ipv4.tcp_syncookies')

/** A unit of systemd by its whole name or, for a service, without the suffix. */
export const UnitName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9][A-Za-z0-9:_.@-]*$/, 'a unit such as avahi-daemon or cups.socket')

const Duration = (defaultMs: number) => z.int().min(1_000).max(604_800_000).default(defaultMs)

/** How sshd is hardened (spec LOCK-5). Root log-in, passwords and keyboard-interactive are always off. */
const SshHardening = z
  .object({
    maxAuthTries: z.int().min(2).max(10).default(4),
    loginGraceMs: Duration(30_000),
    aliveIntervalMs: Duration(300_000).describe('how often a silent client is asked whether it is there'),
    aliveCountMax: z.int().min(1).max(100).default(2).describe('how many unanswered questions end a session'),
    tcpForwarding: z.enum(['no', 'local', 'remote', 'yes']).default('no').describe('a jump host needs "local"'),
    agentForwarding: z.boolean().default(false),
    x11Forwarding: z.boolean().default(false),
    allowUsers: z
      .array(UserName)
      .max(100)
      .default([])
      .describe('when any are named, only these and the application user may log in'),
    algorithms: z.enum(['modern', 'as_they_are']).default('modern'),
  })
  .prefault({})

const Firewall = z
  .object({
    enabled: z.boolean().default(true),
    rules: z
      .array(FirewallRule)
      .max(500)
      .default([
        { port: 22, protocol: 'tcp', action: 'allow', source: 'any' },
        { port: 80, protocol: 'tcp', action: 'allow', source: 'any' },
        { port: 443, protocol: 'tcp', action: 'allow', source: 'any' },
      ])
      .describe('in order, the first that fits counts; the real SSH port is always allowed, whatever they say'),
    existing: z.enum(['keep', 'replace']).default('keep').describe('what happens to rules that are there'),
    containers: z
      .enum(['guard', 'leave'])
      .default('guard')
      .describe('whether published ports of containers are held to the rules, which they would bypass'),
  })
  .prefault({})

const Fail2ban = z
  .object({
    enabled: z.boolean().default(true),
    retries: z.int().min(2).max(100).default(5),
    banMs: Duration(3_600_000),
    findMs: Duration(600_000),
    services: z
      .array(z.enum(['ssh', 'nginx', 'apache', 'postfix', 'dovecot', 'vsftpd']))
      .default(['ssh', 'nginx'])
      .describe('those that the host does not have are passed over'),
    neverBan: z.array(Network).max(100).default([]),
  })
  .prefault({})

/** What lockdown brings about (spec LOCK-2, LOCK-5 to LOCK-9). */
export const LockdownSettings = z.object({
  ssh: SshHardening,
  firewall: Firewall,
  fail2ban: Fail2ban,
  automaticUpdates: z.boolean().default(true).describe('security updates only'),
  kernel: z
    .object({
      enabled: z.boolean().default(true),
      keep: z.array(KernelParameter).max(100).default([]).describe('parameters that stay as they are'),
    })
    .prefault({}),
  services: z
    .object({ disable: z.array(UnitName).max(50).default([]).describe('stopped and disabled, once confirmed') })
    .prefault({}),
  revertAfterMs: z
    .int()
    .min(5_000)
    .max(3_600_000)
    .default(120_000)
    .describe('when no fresh log-in is proved by then, the host restores itself'),
})
export type LockdownSettings = z.infer<typeof LockdownSettings>

/** What a revert of lockdown can be told (spec LOCK-11). */
export const LockdownRevertSettings = LockdownSettings.pick({ revertAfterMs: true })
export type LockdownRevertSettings = z.infer<typeof LockdownRevertSettings>
