import { z } from 'zod'
import { AreaScore, AuditArea, CheckStatus } from '../schema/audit.ts'
import { titleOf } from '../schema/audit-report.ts'
import { Risk } from '../schema/guard.ts'
import { riskColour } from './assessment-lines.ts'
import type { Colour, Palette } from './colour.ts'
import { tableLines } from './table.ts'

const FixAnswer = z.looseObject({ command: z.string() })

const CheckAnswer = z.looseObject({
  id: z.string(),
  title: z.string(),
  severity: Risk,
  status: CheckStatus,
  evidence: z.string(),
  remedy: z.string(),
  fix: FixAnswer.nullish(),
})
type CheckAnswer = z.infer<typeof CheckAnswer>

/** An audit as the API answers it. */
export const AuditAnswer = z.looseObject({
  id: z.string(),
  server: z.looseObject({ name: z.string() }),
  profile: z.string(),
  security_score: z.int(),
  risk_level: Risk,
  compliance_status: z.string(),
  privilege: z.string(),
  next_audit_due: z.string(),
  area_scores: z.partialRecord(AuditArea, AreaScore),
  audit_result: z.array(CheckAnswer),
  recommendations: z.array(z.looseObject({ id: z.string(), risk: Risk, fix: FixAnswer.nullish() })),
})
export type AuditAnswer = z.infer<typeof AuditAnswer>

/** An audit for people: the score, the areas, then what is wrong, the worst first, each with evidence and remedy. */
export const auditLines = (audit: AuditAnswer, paint: Palette, o: { all: boolean }): string[] => [
  '',
  headLine(audit, paint),
  '',
  ...areaLines(audit, paint),
  '',
  ...wrongLines(audit, paint),
  ...(o.all ? restLines(audit, paint) : []),
  ...closingLines(audit, paint, o),
]

function headLine(audit: AuditAnswer, paint: Palette): string {
  const score = scoreColour(audit.security_score, paint)(`${audit.security_score} of 100`)
  const risk = riskColour(audit.risk_level, paint)(`${audit.risk_level} risk`)
  const status = audit.compliance_status.replaceAll('_', '-')
  return `${paint.bold(audit.server.name)}  ${paint.bold(score)}  ${risk}  ${paint.dim(`${status} with profile ${audit.profile}`)}`
}

const scoreColour = (score: number, paint: Palette): Colour =>
  score >= 90 ? paint.green : score >= 60 ? paint.yellow : paint.red

const barWidth = 20

const bar = (score: number, paint: Palette): string => {
  const full = Math.round((score * barWidth) / 100)
  return scoreColour(score, paint)('█'.repeat(full)) + paint.dim('░'.repeat(barWidth - full))
}

function areaLines({ area_scores: scores }: AuditAnswer, paint: Palette): string[] {
  const rows = AuditArea.options.flatMap((area) => {
    const one = scores[area]
    if (one === undefined) return []
    const { score } = one
    return [
      [
        titleOf(area),
        score === null ? paint.dim('nothing to judge') : bar(score, paint),
        score === null ? '' : String(score).padStart(3),
        counted(one.failed, 'fail', paint.red),
        counted(one.warned, 'warn', paint.yellow),
        counted(one.passed, 'pass', paint.green),
        counted(one.skipped, 'skipped', paint.dim),
      ],
    ]
  })
  return tableLines(['', '', '', '', '', '', ''], rows).slice(1)
}

const counted = (count: number, what: string, colour: Colour): string => (count === 0 ? '' : colour(`${count} ${what}`))

/** In the order of the recommendations. */
function wrongLines({ audit_result: results, recommendations }: AuditAnswer, paint: Palette): string[] {
  const byId = new Map(results.map((result) => [result.id, result]))
  return recommendations.flatMap(({ id }) => {
    const result = byId.get(id)
    return result === undefined ? [] : checkLines(result, paint)
  })
}

function checkLines(result: CheckAnswer, paint: Palette): string[] {
  const mark = result.status === 'fail' ? paint.red('✗ fail') : paint.yellow('! warn')
  const [first = '', ...more] = result.evidence.split('\n')
  return [
    `${mark}  ${paint.bold(result.title)}  ${riskColour(result.severity, paint)(result.severity)} ${paint.dim(result.id)}`,
    ...[first, ...more].map((line) => `        ${paint.dim('|')} ${line}`),
    `        ${paint.cyan('→')} ${result.remedy}`,
  ]
}

/** What is well, and what was not looked at. */
function restLines({ audit_result: results }: AuditAnswer, paint: Palette): string[] {
  const line = ({ id, title, status, evidence }: CheckAnswer): string =>
    status === 'pass'
      ? `${paint.green('✓ pass')}  ${title}  ${paint.dim(id)}`
      : `${paint.dim('- skip')}  ${title}  ${paint.dim(`${id}: ${evidence.split('\n')[0] ?? ''}`)}`
  return [
    '',
    ...results.filter(({ status }) => status === 'pass').map(line),
    ...results.filter(({ status }) => status === 'skipped').map(line),
  ]
}

function closingLines(audit: AuditAnswer, paint: Palette, { all }: { all: boolean }): string[] {
  const commands = audit.recommendations.flatMap(({ fix }) => fix?.command ?? [])
  const rest = audit.audit_result.filter(({ status }) => status === 'pass' || status === 'skipped').length
  return [
    '',
    ...[...new Set(commands)].map((command) => {
      const count = commands.filter((one) => one === command).length
      return `${paint.cyan('→')} ${paint.bold(command)}  ${paint.dim(`mends ${count} of these`)}`
    }),
    ...(audit.privilege === 'root'
      ? []
      : [paint.yellow('Read without the rights of root: what only root may see was skipped.')]),
    paint.dim(
      `${all || rest === 0 ? '' : `${rest} more passed or were skipped (--all shows them). `}Next audit due ${audit.next_audit_due}.`,
    ),
  ]
}
