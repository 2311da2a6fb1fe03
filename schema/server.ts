import { z } from 'zod'
import { Id } from './identity.ts'
import { SecretRef } from './secret.ts'

export const ServerName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'lower-case letters, digits and dashes, up to 63, not at the ends')
export type ServerName = z.infer<typeof ServerName>

/** A DNS name, IPv4 or IPv6 address, without brackets, port or user. */
export const Hostname = z
  .string()
  .max(253)
  .regex(
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?|(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{0,4}|\d{1,3}(?:\.\d{1,3}){3})(?:%[A-Za-z0-9]+)?)$/,
    'a DNS name or an IP address, such as web-1.example.net, 192.0.2.7 or 2001:db8::7',
  )
export type Hostname = z.infer<typeof Hostname>

export const Port = z.int().min(1).max(65_535)

/** A POSIX user or group name as useradd(8) accepts it. */
export const UserName = z
  .string()
  .regex(
    /^[a-z_][a-z0-9_-]{0,31}$/,
    'a lower-case letter or underscore, then letters, digits, dash, underscore, up to 32',
  )
export type UserName = z.infer<typeof UserName>

export const DeviceType = z.enum(['unraid', 'ubuntu', 'wsl2', 'windows', 'proxmox', 'nas', 'generic'])
export type DeviceType = z.infer<typeof DeviceType>

export const Environment = z.enum(['production', 'staging', 'development', 'unknown'])
export type Environment = z.infer<typeof Environment>

/** How one identity logs in. Values are references; see SecretRef. `agent` uses the worker's SSH_AUTH_SOCK. */
export const Authentication = z.discriminatedUnion('method', [
  z.object({ method: z.literal('key'), key: SecretRef, passphrase: SecretRef.optional() }),
  z.object({ method: z.literal('agent'), socket: z.string().regex(/^\//, 'an absolute path').optional() }),
  z.object({ method: z.literal('password'), password: SecretRef }),
])
export type Authentication = z.infer<typeof Authentication>

/** A log-in on a server: who, how, and the password that sudo asks for, if it asks. */
export const Login = z.object({
  user: UserName,
  authentication: Authentication,
  sudoPassword: SecretRef.optional(),
})
export type Login = z.infer<typeof Login>

/** A host key as `ssh-keyscan` prints it: type and base64 blob; the fingerprint is `SHA256:` and base64 without padding. */
export const HostKey = z.object({
  type: z.string().regex(/^[a-z0-9@.-]{1,64}$/),
  blob: z.string().regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'base64'),
  fingerprint: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'SHA256: and 43 base64 characters'),
})
export type HostKey = z.infer<typeof HostKey>

/** A host on the way, with a credential and a pinned key of its own. */
export const JumpHost = z.object({
  hostname: Hostname,
  port: Port.default(22),
  login: Login,
  hostKey: HostKey.optional(),
})
export type JumpHost = z.infer<typeof JumpHost>

/** A host we manage. `root` logs in until it is locked; `app` from setup on. Flags change only inside setup, lockdown and revert. */
export const Server = z.object({
  id: Id,
  name: ServerName,
  hostname: Hostname,
  port: Port,
  alternatePort: Port.optional(),
  lastKnownIp: z.string().optional(),
  root: Login,
  app: Login,
  jump: JumpHost.optional(),
  hostKeys: z.array(HostKey),
  deviceType: DeviceType,
  environment: Environment,
  services: z.array(z.string().max(128)).max(200),
  serviceDependencies: z.record(z.string(), z.array(z.string())),
  tags: z.array(z.string().regex(/^[a-z0-9][a-z0-9._:-]{0,62}$/)).max(50),
  metadata: z.record(z.string(), z.json()),
  setupComplete: z.boolean(),
  securityLocked: z.boolean(),
  monitoringIntervalMs: z.int().positive(),
  maintenance: z.boolean(),
  maintenanceReason: z.string().min(1).max(300).optional(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
export type Server = z.infer<typeof Server>

/** What registering a server takes; the rest has defaults. Without `app`, it is `app` with the root log-in's authentication. */
export const NewServer = Server.pick({ name: true, hostname: true, root: true }).extend({
  port: Port.default(22),
  alternatePort: Port.optional(),
  app: Login.optional(),
  jump: JumpHost.optional(),
  deviceType: DeviceType.default('generic'),
  environment: Environment.default('unknown'),
  services: Server.shape.services.default([]),
  serviceDependencies: Server.shape.serviceDependencies.default({}),
  tags: Server.shape.tags.default([]),
  metadata: Server.shape.metadata.default({}),
  monitoringIntervalMs: Server.shape.monitoringIntervalMs.default(300_000),
  maintenance: z.boolean().default(false),
})
export type NewServer = z.infer<typeof NewServer>

/**
 * What an operator may change of a server; flags and host keys have doors of their own. Made of `Server` and not of
 * `NewServer`, whose defaults would fill in every field that a change does not name.
 */
export const ServerChange = Server.pick({
  name: true,
  hostname: true,
  port: true,
  alternatePort: true,
  root: true,
  app: true,
  jump: true,
  deviceType: true,
  environment: true,
  services: true,
  serviceDependencies: true,
  tags: true,
  metadata: true,
  monitoringIntervalMs: true,
  maintenance: true,
  maintenanceReason: true,
})
  .partial()
  .extend({
    alternatePort: Port.nullish().describe('null removes it'),
    jump: JumpHost.nullish().describe('null removes it'),
  })
export type ServerChange = z.infer<typeof ServerChange>

/** That a server is in maintenance, and why where somebody has said so. */
export const inMaintenance = ({ maintenanceReason }: Pick<Server, 'maintenanceReason'>): string =>
  `in maintenance${maintenanceReason === undefined ? '' : `: ${maintenanceReason}`}`

/** The few fields of a server that may stand in a workflow's input and history. */
export const ServerRef = z.object({ id: Id, name: ServerName })
export type ServerRef = z.infer<typeof ServerRef>

export const isReadyForDeployment = (server: Pick<Server, 'setupComplete' | 'securityLocked'>): boolean =>
  server.setupComplete && server.securityLocked
