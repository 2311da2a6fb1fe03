import { randomUUID } from 'node:crypto'
import type { Audit, CheckResult, CheckStatus } from '../../schema/audit.ts'
import type { Risk } from '../../schema/guard.ts'

/** One result, from which tests depart. */
export const checkResult = (id: string, status: CheckStatus, severity: Risk = 'high'): CheckResult => ({
  id,
  area: 'ssh',
  title: `It is well with ${id}`,
  severity,
  status,
  evidence: `evidence of ${id}\nsecond line`,
  setting: 'Setting',
  present: status === 'skipped' ? null : 'yes',
  wanted: 'no',
  remedy: `Mend ${id}.`,
  fix: { operation: 'lockdown', command: 'drydock lockdown web-1' },
  reference: 'CIS Debian Linux 12 Benchmark v1.1.0, 5.1.20',
  skipped: status === 'skipped' ? 'needs_root' : null,
})

/** A stored audit, from which tests depart. */
export function someAudit(server: { id: string; name: string }, operation: string, change: Partial<Audit> = {}): Audit {
  const at = change.at ?? new Date().toISOString()
  const auditResult = change.auditResult ?? [checkResult('ssh.root-login', 'fail'), checkResult('ssh.pam', 'pass')]
  return {
    id: randomUUID(),
    operation,
    server: { id: server.id, name: server.name },
    profile: 'baseline',
    areas: null,
    securityScore: 50,
    areaScores: { ssh: { score: 50, passed: 1, warned: 0, failed: 1, skipped: 0 } },
    riskLevel: 'high',
    complianceStatus: 'non_compliant',
    recommendations: auditResult
      .filter(({ status }) => status === 'fail')
      .map(({ id, title, severity, setting, present, wanted, remedy, fix }) => ({
        id,
        title,
        risk: severity,
        setting,
        present,
        wanted,
        remedy,
        fix,
      })),
    privilege: 'root',
    nextAuditDue: new Date(Date.parse(at) + 86_400_000).toISOString(),
    durationMs: 10,
    ...change,
    at,
    auditResult,
  }
}
