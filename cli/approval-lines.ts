import { z } from 'zod'
import { AssessmentAnswer, impactLines, riskColour } from './assessment-lines.ts'
import type { Palette } from './colour.ts'
import { shortDuration } from './durations.ts'

export const ApprovalAnswer = z.looseObject({
  id: z.string(),
  operation_id: z.string(),
  server: z.looseObject({ name: z.string() }),
  subject: z.looseObject({ kind: z.string(), shown: z.string() }),
  assessment: AssessmentAnswer,
  requester: z.string(),
  state: z.string(),
  attempts: z.int(),
  max_attempts: z.int(),
  expires_at: z.string(),
})
export type ApprovalAnswer = z.infer<typeof ApprovalAnswer>

/** What a person needs to know to decide (spec GUARD-12). */
export function approvalLines(approval: ApprovalAnswer, paint: Palette, now = Date.now()): string[] {
  const { assessment, subject, server } = approval
  const colour = riskColour(assessment.risk, paint)
  const left = Date.parse(approval.expires_at) - now
  const attempts = approval.max_attempts - approval.attempts
  return [
    `${colour('■')} ${paint.bold('This needs approval:')} ${colour(`${assessment.risk} risk`)} on ${paint.bold(server.name)}`,
    `  ${assessment.summary}`,
    '',
    ...subject.shown.split('\n').map((line) => `    ${paint.bold(line)}`),
    '',
    ...impactLines(assessment, paint),
    '',
    `  Asked by ${approval.requester} · ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} left · ${left > 0 ? `expires in ${shortDuration(left)}` : 'expired'}`,
    `  Phrase: ${paint.bold(assessment.phrase)}`,
  ]
}

/** Where nobody is asked: how a person decides. */
export const howToApprove = (operationId: string, paint: Palette): string[] => [
  paint.yellow('It waits for the approval of a person.'),
  `${paint.cyan('→')} See what it would do and confirm it: drydock approve ${operationId}`,
  `${paint.cyan('→')} Refuse it: drydock reject ${operationId}`,
]
