import { z } from 'zod'
import { Risk } from '../schema/guard.ts'
import type { Colour, Palette } from './colour.ts'

const ChecklistAnswer = z.looseObject({
  id: z.string(),
  text: z.string(),
  critical: z.boolean(),
  result: z.string(),
  detail: z.string().nullish(),
})

/** What the guard makes of a command, as the API answers it. */
export const AssessmentAnswer = z.looseObject({
  verdict: z.string(),
  risk: Risk,
  summary: z.string(),
  phrase: z.string(),
  findings: z.array(z.looseObject({ action: z.string(), words: z.string(), because: z.string() })).default([]),
  affected_count: z.int().nullish(),
  count_is_estimate: z.boolean().default(false),
  affected_items: z.array(z.string()).default([]),
  dependencies: z.array(z.string()).default([]),
  downtime: z.string().default(''),
  rollback_possible: z.boolean().default(false),
  rollback: z.looseObject({ text: z.string() }).nullish(),
  warnings: z.array(z.string()).default([]),
  alternatives: z
    .array(z.looseObject({ text: z.string(), command: z.string().nullish(), guarded: z.boolean().default(false) }))
    .default([]),
  checklist: z.array(ChecklistAnswer).default([]),
  device_checks: z.array(z.looseObject({ text: z.string(), result: z.string() })).default([]),
})
export type AssessmentAnswer = z.infer<typeof AssessmentAnswer>

export const riskColour = (risk: Risk, paint: Palette): Colour =>
  ({
    low: paint.green,
    medium: paint.yellow,
    high: paint.red,
    critical: (text: string) => paint.bold(paint.red(text)),
  })[risk]

/** The verdict in a line, why, and what it would do. */
export function assessmentLines(a: AssessmentAnswer, paint: Palette): string[] {
  const verdicts: Readonly<Record<string, string>> = {
    allow: paint.green('runs without asking'),
    confirm: paint.yellow('needs approval'),
    deny: paint.red('may not run at all'),
  }
  const verdict = verdicts[a.verdict] ?? a.verdict
  if (a.verdict === 'allow') return [`${verdict}: ${a.summary || 'nothing destructive was found.'}`]
  return [
    `${verdict}: ${riskColour(a.risk, paint)(`${a.risk} risk`)}. ${a.summary}`,
    ...a.findings.map(({ action, words, because }) => `  ${paint.dim(action)} ${paint.bold(words)} · ${because}`),
    ...impactLines(a, paint),
    ...(a.verdict === 'confirm' ? [`  phrase: ${paint.bold(a.phrase)}`] : []),
  ]
}

/** Impact, what was checked, what could be done instead (spec GUARD-12). */
export const impactLines = (a: AssessmentAnswer, paint: Palette): string[] => [
  ...(affected(a) ? [`  Affected: ${affected(a)}`] : []),
  ...(a.dependencies.length > 0 ? [`  Depends on it: ${a.dependencies.join(', ')}`] : []),
  ...(a.downtime ? [`  Downtime: ${a.downtime}`] : []),
  `  Can be taken back: ${a.rollback_possible ? 'yes' : 'no'}${a.rollback ? `. ${a.rollback.text}` : ''}`,
  ...a.warnings.map((warning) => `  ${paint.yellow('!')} ${warning}`),
  ...section(
    'Checklist',
    a.checklist.map((item) => checkLine(item, paint)),
    paint,
  ),
  ...section(
    'Device',
    a.device_checks.map((check) => checkLine({ ...check, critical: false }, paint)),
    paint,
  ),
  ...section(
    'Instead',
    a.alternatives.map(
      ({ text, command, guarded }) =>
        `${command ? text.replace(/\.$/, '') : text}${command ? `: ${paint.cyan(command)}` : ''}${guarded ? ' (asks too)' : ''}`,
    ),
    paint,
  ),
]

/** GUARD-12 asks for the first ten. */
const mostItems = 10

function affected(a: AssessmentAnswer): string {
  const count = a.affected_count ?? null
  const items = a.affected_items.slice(0, mostItems)
  const more = a.affected_items.length - items.length
  const named = [...items, ...(more > 0 ? [`and ${more} more`] : [])].join(', ')
  if (count === null) return named
  return `${a.count_is_estimate ? 'about ' : ''}${count}${named ? ` (${named})` : ''}`
}

const section = (title: string, lines: readonly string[], paint: Palette): string[] =>
  lines.length === 0 ? [] : [`  ${paint.dim(`${title}:`)}`, ...lines.map((line) => `    ${line}`)]

type Check = { id?: string; text: string; critical: boolean; result: string; detail?: string | null | undefined }

function checkLine(item: Check, paint: Palette): string {
  const mark =
    item.result === 'passed' ? paint.green('✓') : item.result === 'failed' ? paint.red('✗') : paint.yellow('☐')
  return `${mark} ${item.text}${item.critical ? paint.yellow(` (critical: ${item.id ?? ''})`) : ''}${item.detail ? paint.dim(` · ${item.detail}`) : ''}`
}
