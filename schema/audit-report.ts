import { type Audit, AuditArea, type CheckResult } from './audit.ts'

const areaTitles: Readonly<Record<AuditArea, string>> = {
  ssh: 'SSH',
  firewall: 'Firewall',
  fail2ban: 'Fail2ban',
  users: 'Users',
  system: 'System files',
  network: 'Network',
  services: 'Services',
  logs: 'Logs',
  kernel: 'Kernel',
  updates: 'Updates',
}

/** How people call an area. */
export const titleOf = (area: AuditArea): string => areaTitles[area]

/** An audit as a report in Markdown: how it stands, what to change, and every check with its evidence. */
export const renderAudit = (audit: Audit): string =>
  [head(audit), areaTable(audit), changes(audit), ...AuditArea.options.map((area) => areaPart(audit, area))]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n')

function head(audit: Audit): string {
  const scope = audit.areas === null ? '' : ` (${audit.areas.map(titleOf).join(', ')})`
  return [
    `# Security audit of ${audit.server.name}`,
    '',
    `**${audit.securityScore} of 100**, risk **${audit.riskLevel.toUpperCase()}**, ${audit.complianceStatus.replaceAll('_', ' ')} with the profile ${audit.profile}${scope}`,
    '',
    `Made at ${audit.at}${audit.privilege === 'root' ? '' : ', without the rights of root'}; the next one is due at ${audit.nextAuditDue}. Id \`${audit.id}\`.`,
  ].join('\n')
}

const areaTable = ({ areaScores }: Audit): string =>
  [
    '| area | score | pass | warn | fail | skipped |',
    '|---|---|---|---|---|---|',
    ...AuditArea.options.flatMap((area) => {
      const one = areaScores[area]
      return one === undefined
        ? []
        : [
            `| ${titleOf(area)} | ${one.score ?? '-'} | ${one.passed} | ${one.warned} | ${one.failed} | ${one.skipped} |`,
          ]
    }),
  ].join('\n')

function changes({ recommendations }: Audit): string {
  if (recommendations.length === 0) return ''
  const rows = recommendations.map(
    ({ risk, id, setting, present, wanted, remedy, fix }) =>
      `| ${[risk, id, setting, present ?? '', wanted, fix === null ? remedy : code(fix.command)].map(cell).join(' | ')} |`,
  )
  return [
    '## What to change',
    '',
    '| risk | check | setting | is | should be | how |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

function areaPart({ auditResult }: Audit, area: AuditArea): string {
  const results = auditResult.filter((result) => result.area === area)
  return results.length === 0 ? '' : [`## ${titleOf(area)}`, ...results.map(onePart)].join('\n\n')
}

const onePart = (result: CheckResult): string =>
  [
    `### ${marks[result.status]} ${result.title}`,
    '',
    `\`${result.id}\`, severity ${result.severity}${result.reference === null ? '' : `; ${result.reference}`}`,
    '',
    ...result.evidence.split('\n').map((line) => `    ${line}`),
    ...(result.status === 'pass' || result.status === 'skipped' ? [] : ['', result.remedy]),
  ].join('\n')

const marks: Readonly<Record<CheckResult['status'], string>> = {
  pass: 'PASS',
  warn: 'WARN',
  fail: 'FAIL',
  skipped: 'SKIPPED',
}

const code = (text: string): string => `\`${text}\``
/** What a host or a person wrote must not break the table. */
const cell = (text: string): string =>
  text
    .replaceAll('<', '&lt;')
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ')
