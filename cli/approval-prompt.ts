import { isAtLeast } from '../schema/guard.ts'
import { ApprovalAnswer, approvalLines, howToApprove } from './approval-lines.ts'
import { askEach, askText } from './ask.ts'
import type { Cli } from './cli.ts'
import { type Client, segment } from './client.ts'
import { decide, type Decided } from './decide.ts'

/** An operation that is followed waits for a person: ask the one at the terminal, else say how and wait. */
export async function onApproval(cli: Cli, operationId: string, signal: AbortSignal): Promise<'go on' | 'leave'> {
  const approval = await readApproval(cli.api(), operationId)
  if (approval.state !== 'pending') return 'go on' // it was asked in the past that is told now
  if (!cli.screen.interactive) {
    if (cli.screen.json) cli.screen.note(JSON.stringify({ notice: 'awaiting_approval', operation_id: operationId }))
    else for (const line of howToApprove(operationId, cli.screen.paintNote)) cli.screen.note(line)
    return 'go on'
  }
  const decided = await askForDecision(cli, approval, signal)
  if (decided !== null) cli.screen.note(decided.message)
  if (decided !== null || signal.aborted) return 'go on'
  cli.screen.note('Not decided.')
  for (const line of howToApprove(operationId, cli.screen.paintNote)) cli.screen.note(line)
  return 'leave'
}

export const readApproval = async (client: Client, operationId: string): Promise<ApprovalAnswer> =>
  ApprovalAnswer.parse(await client.get(`/v1/operations/${segment(operationId)}/approval`))

/** Shows what is asked and asks for the phrase until it is decided; null where the person walked away. */
export async function askForDecision(
  cli: Cli,
  approval: ApprovalAnswer,
  signal?: AbortSignal,
): Promise<Decided | null> {
  if (approval.state !== 'pending') return { kind: 'over', message: `It is ${approval.state} already.` }
  const { paintNote } = cli.screen
  cli.screen.note('')
  for (const line of approvalLines(approval, paintNote)) cli.screen.note(line)
  const untilOver = AbortSignal.any([deadlineOf(approval), ...(signal ? [signal] : [])])
  for (;;) {
    const acknowledged = await askForAcknowledgement(approval, untilOver)
    if (acknowledged === null) return walkedAway(untilOver)
    const phrase = await askText({
      message: 'Type the phrase to confirm, "reject" to refuse, or press Ctrl-C to leave it waiting:',
      signal: untilOver,
    })
    if (phrase === null) return walkedAway(untilOver)
    const refuses = phrase.trim().toLowerCase() === 'reject'
    const decided = await decide(
      cli.api(),
      approval.operation_id,
      refuses ? { decision: 'reject' } : { decision: 'confirm', phrase, acknowledged },
    )
    if (decided.kind !== 'again') return decided
    cli.screen.note(paintNote.red(decided.message))
  }
}

/** At high risk and above, the critical items of the checklist must have been seen to. */
async function askForAcknowledgement(
  { assessment }: ApprovalAnswer,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const items = assessment.checklist.filter((item) => item.critical)
  if (!isAtLeast(assessment.risk, 'high') || items.length === 0) return []
  return askEach({ message: 'Which of these have you seen to? (space marks, enter goes on)', items, signal })
}

const walkedAway = (signal: AbortSignal): Decided | null =>
  signal.aborted ? { kind: 'over', message: 'It was too late to decide.' } : null

const deadlineOf = ({ expires_at }: ApprovalAnswer): AbortSignal =>
  AbortSignal.timeout(Math.max(0, Math.min(Date.parse(expires_at) - Date.now(), 2 ** 31 - 1)))
