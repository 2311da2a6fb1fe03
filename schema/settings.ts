import { z } from 'zod'
import { AuditSettings } from './audit.ts'
import type { Risk } from './guard.ts'
import { Role } from './identity.ts'
import { Port } from './server.ts'

const ms = (value: number) => z.int().positive().default(value)

const byRisk = (defaults: Record<Risk, number>) =>
  z.object({
    low: z.int().positive().default(defaults.low),
    medium: z.int().positive().default(defaults.medium),
    high: z.int().positive().default(defaults.high),
    critical: z.int().positive().default(defaults.critical),
  })

const usualBackupPlaces = [
  '/backup',
  '/backups',
  '/srv/backup',
  '/srv/backups',
  '/mnt/backup',
  '/mnt/backups',
  '/mnt/user/backup',
  '/mnt/user/backups',
  '/var/backups',
  '/var/lib/vz/dump',
]

const fiveMinutes = 300_000

/** A list with one that cannot be read would let nothing pass at all. */
const Pattern = z.string().refine(isPattern, 'expected a regular expression')

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}

/** Which commands may be asked for at all (spec EXEC-8): regular expressions over the text and everything it would run. */
const CommandLists = z.strictObject({ allow: z.array(Pattern).default([]), deny: z.array(Pattern).default([]) })
export type CommandLists = z.infer<typeof CommandLists>

/** The whole configuration, with the product's defaults (spec CFG-6, SSH-5). `drydock.example.yaml` is its commented form. */
export const Settings = z.strictObject({
  version: z.literal(1).default(1),
  home: z.string().optional().describe('where the local stack keeps its data; $XDG_DATA_HOME/drydock by default'),
  api: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.union([Port, z.literal(0)]).default(9101),
      publicUrl: z.url().optional().describe('how people reach the API; used in links of notifications'),
      maxBodyBytes: z.int().positive().default(1_048_576),
      requestsPerMinute: z.int().positive().default(600),
      corsOrigins: z.array(z.url()).default([]),
    })
    .prefault({}),
  mcp: z.strictObject({ port: Port.default(9102) }).prefault({}),
  temporal: z
    .strictObject({
      address: z.string().optional().describe('an existing Temporal server; without it the local stack starts its own'),
      namespace: z.string().default('default'),
      taskQueue: z.string().default('drydock'),
      apiKey: z.string().optional(),
      tls: z.boolean().optional(),
      uiUrl: z.url().optional(),
    })
    .prefault({}),
  database: z
    .strictObject({
      url: z.string().optional().describe('an existing PostgreSQL; without it the local stack starts its own'),
      poolSize: z.int().positive().default(10),
      overflow: z.int().nonnegative().default(5),
      acquireTimeoutMs: ms(30_000),
      recycleMs: ms(3_600_000),
      checkBeforeUse: z.boolean().default(true),
      statementTimeoutMs: ms(60_000),
    })
    .prefault({}),
  ssh: z
    .strictObject({
      keyPath: z.string().optional().describe('the private key used where a server names none'),
      totalConnections: z.int().positive().default(50),
      lockedConnections: z.int().positive().default(25),
      connectionsPerHost: z.int().min(1).max(4).default(2),
      channelsPerConnection: z
        .int()
        .min(1)
        .max(64)
        .default(8)
        .describe("below sshd's MaxSessions, which is 10 by default"),
      connectTimeoutMs: ms(15_000),
      acquireTimeoutMs: ms(60_000),
      idleMs: ms(300_000),
      lifetimeMs: ms(3_600_000),
      healthCheckMs: ms(120_000),
      cleanUpMs: ms(60_000),
      keepAliveMs: ms(60_000),
      keepAliveCount: z.int().positive().default(3),
      commandTimeoutMs: ms(30_000),
      outOfReachMs: ms(900_000).describe(
        'how long a host with a running command may be out of reach before its outcome is called unknown',
      ),
      outputLimitBytes: z.int().positive().default(10_485_760),
      hostKeys: z.enum(['first_contact', 'registered_only']).default('registered_only'),
    })
    .prefault({}),
  guard: z
    .strictObject({
      enabled: z.literal(true).default(true).describe('the guard cannot be switched off'),
      deadlineMs: byRisk({ low: fiveMinutes, medium: fiveMinutes, high: fiveMinutes, critical: fiveMinutes }).prefault(
        {},
      ),
      maxAttempts: byRisk({ low: 3, medium: 3, high: 3, critical: 3 }).prefault({}),
      allow: z
        .array(Pattern)
        .default([])
        .describe('regular expressions; when not empty, only matching commands may be asked for'),
      deny: z.array(Pattern).default([]).describe('regular expressions of commands that nobody may run'),
      servers: z
        .record(z.string().min(1), CommandLists)
        .default({})
        .describe('further lists by name or tag of a server; a command has to pass all that apply'),
      roles: z
        .partialRecord(Role, CommandLists)
        .default({})
        .describe('further lists by role of who asks; a command has to pass all that apply'),
      alertAfterBlocked: z
        .int()
        .positive()
        .default(5)
        .describe('blocked attempts of one requester within an hour after which an alert is raised'),
      restoreAfterMs: z
        .int()
        .min(5_000)
        .default(120_000)
        .describe(
          'how long a host whose firewall or network a confirmed command changes waits for a new log-in before it restores them',
        ),
      backups: z
        .strictObject({
          places: z
            .array(z.string().regex(/^\//))
            .min(1)
            .default([...usualBackupPlaces])
            .describe('where backups lie on a server; a server may name its own in its metadata under "backups"'),
          maxAgeHours: z
            .int()
            .positive()
            .default(168)
            .describe('what is older counts as none: what cannot be undone is then critical'),
        })
        .prefault({}),
    })
    .prefault({}),
  approval: z
    .strictObject({
      from_temporal: z
        .boolean()
        .default(false)
        .describe('whether a bare signal with the phrase counts; on in the local stack'),
      requesterMayApprove: z
        .enum(['always', 'below_high', 'never'])
        .default('below_high')
        .describe('only where more than one approver exists'),
      roles: z
        .strictObject({
          low: Role.default('approver'),
          medium: Role.default('approver'),
          high: Role.default('approver'),
          critical: Role.default('approver'),
        })
        .prefault({})
        .describe('the least role that may confirm, by risk'),
      twoPersons: z
        .enum(['where_possible', 'always', 'never'])
        .default('where_possible')
        .describe(
          'critical acts in production need somebody else than who asked; always: even where only one approver exists',
        ),
      notify: z
        .discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('webhook'), url: z.url() }),
          z.strictObject({ kind: z.literal('command'), argv: z.array(z.string()).min(1) }),
        ])
        .optional(),
    })
    .prefault({}),
  transfers: z
    .strictObject({
      folder: z
        .string()
        .optional()
        .describe('where files wait between the API and a worker, which must see the same; under home by default'),
      maxBytes: z.int().positive().default(10_737_418_240),
      keepMs: ms(86_400_000).describe('how long a file waits that nobody fetches or uses'),
      roots: z
        .array(z.string().regex(/^\//))
        .min(1)
        .default(['/'])
        .describe('where on servers files may be put and read, links resolved'),
    })
    .prefault({}),
  audit: AuditSettings.prefault({}),
  collection: z.strictObject({ enabled: z.boolean().default(true) }).prefault({}),
  cache: z.strictObject({ maxEntries: z.int().positive().default(1000), defaultTtlMs: ms(300_000) }).prefault({}),
  watching: z.strictObject({ enabled: z.boolean().default(true) }).prefault({}),
  observability: z.strictObject({ performanceTracking: z.boolean().default(true) }).prefault({}),
  retention: z
    .strictObject({
      eventsDays: z.int().positive().default(90),
      outputDays: z.int().positive().default(90),
      auditDays: z.int().positive().default(365),
      securityAuditsDays: z.int().positive().default(90),
    })
    .prefault({}),
  logging: z
    .strictObject({
      level: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
      format: z.enum(['json', 'text']).optional().describe('text in a terminal, json elsewhere'),
    })
    .prefault({}),
})
export type Settings = z.infer<typeof Settings>
