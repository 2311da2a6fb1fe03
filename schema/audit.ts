import { z } from 'zod'
import { Risk } from './guard.ts'
import { Id } from './identity.ts'
import { ServerRef } from './server.ts'

/** What an audit looks at, one part each; the order is that of reports. */
export const AuditArea = z.enum([
  'ssh',
  'firewall',
  'fail2ban',
  'users',
  'system',
  'network',
  'services',
  'logs',
  'kernel',
  'updates',
])
export type AuditArea = z.infer<typeof AuditArea>

/** The name of a check: its area and what it looks at, such as `ssh.root-login`. */
export const CheckId = z.string().regex(/^[a-z0-9]+\.[a-z0-9-]{1,60}$/, 'a check such as ssh.root-login')
export type CheckId = z.infer<typeof CheckId>

/** `warn`: works, and is weaker than it should be. `skipped`: not judged, for the reason that stands beside it. */
export const CheckStatus = z.enum(['pass', 'warn', 'fail', 'skipped'])
export type CheckStatus = z.infer<typeof CheckStatus>

/** Why a check was not judged: there is nothing of the kind here, root was needed, the host gave no answer, somebody switched it off. */
export const SkipReason = z.enum(['not_applicable', 'needs_root', 'unreadable', 'switched_off'])
export type SkipReason = z.infer<typeof SkipReason>

/** What mends it: an operation of Drydock, and the command line that starts it. */
export const AuditFix = z.object({
  operation: z.enum(['lockdown', 'command']),
  command: z.string().describe('what to type'),
})
export type AuditFix = z.infer<typeof AuditFix>

/** What one check found. Evidence and present value are words of the host that stay the same while it does. */
export const CheckResult = z.object({
  id: CheckId,
  area: AuditArea,
  title: z.string().describe('what should be so'),
  severity: Risk.describe('how bad it is where it is not so'),
  status: CheckStatus,
  evidence: z.string().describe('what the host said; of a skipped check, why'),
  setting: z.string(),
  present: z.string().nullable(),
  wanted: z.string(),
  remedy: z.string(),
  fix: AuditFix.nullable(),
  reference: z.string().nullable().describe('the section of a public benchmark that asks for the same'),
  skipped: SkipReason.nullable(),
})
export type CheckResult = z.infer<typeof CheckResult>

/** How one area stands. `score` is null where nothing of it could be judged. */
export const AreaScore = z.object({
  score: z.int().min(0).max(100).nullable(),
  passed: z.int(),
  warned: z.int(),
  failed: z.int(),
  skipped: z.int(),
})
export type AreaScore = z.infer<typeof AreaScore>

/** What to change, the worst first (spec AUDIT-6). */
export const Recommendation = CheckResult.pick({
  id: true,
  title: true,
  setting: true,
  present: true,
  wanted: true,
  remedy: true,
  fix: true,
}).extend({ risk: Risk })
export type Recommendation = z.infer<typeof Recommendation>

/** `incomplete`: everything that could be judged is as it should be, and something could not be judged. */
export const ComplianceStatus = z.enum(['compliant', 'non_compliant', 'incomplete'])
export type ComplianceStatus = z.infer<typeof ComplianceStatus>

export const ProfileName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$/, 'lower-case letters, digits and dashes, not at the ends')

/** What is asked of an audit; also the body of `POST /v1/servers/{server}/audits`. */
export const AuditRequest = z.object({
  profile: ProfileName.default('baseline'),
  areas: z.array(AuditArea).min(1).max(AuditArea.options.length).optional().describe('only these; all without it'),
  off: z.array(CheckId).max(200).default([]).describe('checks that are switched off this time'),
})
export type AuditRequest = z.infer<typeof AuditRequest>

/** What is asked of a monitoring; also the body of `POST /v1/servers/{server}/monitoring`. */
export const MonitoringRequest = AuditRequest.extend({
  onDrift: z
    .enum(['alert', 'lockdown'])
    .default('alert')
    .describe(
      'when a check fails that did not before: people are told; with "lockdown", a locked server is also locked down again, as it was the last time',
    ),
})
export type MonitoringRequest = z.infer<typeof MonitoringRequest>

/** A named set of checks: whole areas, or single checks. */
export const AuditProfile = z.strictObject({
  title: z.string().min(1).max(200),
  checks: z
    .array(z.union([AuditArea, CheckId]))
    .min(1)
    .max(200),
})
export type AuditProfile = z.infer<typeof AuditProfile>

const hourMs = 3_600_000

/** The section `audit` of the configuration. */
export const AuditSettings = z.strictObject({
  dueAfterMs: z
    .int()
    .positive()
    .default(24 * hourMs)
    .describe('after an audit the next one is due'),
  off: z.array(CheckId).default([]).describe('checks that are switched off everywhere'),
  profiles: z.record(ProfileName, AuditProfile).default({}).describe('profiles beside the ones that Drydock brings'),
  monitoring: z
    .strictObject({
      normalMs: z.int().min(1000).default(hourMs).describe('between audits while nothing critical is open'),
      elevatedMs: z
        .int()
        .min(1000)
        .default(hourMs / 2)
        .describe('between audits while something critical is open'),
    })
    .prefault({}),
})
export type AuditSettings = z.infer<typeof AuditSettings>

/** One audit of a server, as it is stored and answered (spec AUDIT-3). */
export const Audit = z.object({
  id: Id,
  operation: Id,
  server: ServerRef,
  profile: z.string(),
  areas: z.array(AuditArea).nullable().describe('null: all'),
  securityScore: z.int().min(0).max(100),
  areaScores: z.partialRecord(AuditArea, AreaScore),
  riskLevel: Risk,
  complianceStatus: ComplianceStatus,
  auditResult: z.array(CheckResult),
  recommendations: z.array(Recommendation),
  privilege: z.enum(['root', 'user']).describe('as whom the host was read'),
  at: z.iso.datetime(),
  nextAuditDue: z.iso.datetime(),
  durationMs: z.number(),
})
export type Audit = z.infer<typeof Audit>

/** An audit in a list, against the one of the same profile and areas before it (spec AUDIT-7). */
export const AuditSummary = Audit.pick({
  id: true,
  server: true,
  profile: true,
  areas: true,
  securityScore: true,
  riskLevel: true,
  complianceStatus: true,
  at: true,
  nextAuditDue: true,
}).extend({
  failed: z.array(CheckId),
  scoreChange: z.int().nullable().describe('null of the first'),
  newlyFailed: z.array(CheckId),
  noLongerFailed: z.array(CheckId),
})
export type AuditSummary = z.infer<typeof AuditSummary>

/** What keeps an eye on a server (spec AUDIT-5): `elevated` while something critical is open, then it looks twice as often. */
export const Monitoring = z.object({
  server: ServerRef,
  operation: Id.nullable().describe('the operation that audits again and again; null where nobody asked for it'),
  message: z.string(),
  monitoringLevel: z.enum(['off', 'normal', 'elevated']),
  auditResult: Audit.nullable(),
  criticalIssues: z.array(CheckResult),
  securityAlerts: z.array(z.object({ id: CheckId, severity: Risk, message: z.string() })),
  nextAudit: z.iso.datetime().nullable(),
  at: z.iso.datetime(),
})
export type Monitoring = z.infer<typeof Monitoring>

/** Checks that fail in an audit and did not in the one before it; what could not be judged then is no news. */
export function driftOf(audit: Pick<Audit, 'auditResult'>, before: Pick<Audit, 'auditResult'> | null): CheckResult[] {
  const judged = new Map(before?.auditResult.map(({ id, status }) => [id, status]))
  const held = (id: CheckId): boolean => judged.get(id) === 'pass' || judged.get(id) === 'warn'
  return audit.auditResult.filter(({ id, status }) => status === 'fail' && held(id))
}

/** What must not wait for the next working day: a failed check of critical severity. */
export const isCriticalIssue = ({ status, severity }: Pick<CheckResult, 'status' | 'severity'>): boolean =>
  status === 'fail' && severity === 'critical'
