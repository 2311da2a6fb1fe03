import type { OperationResult } from '../schema/operation.ts'
import type { LiveStatus, PendingConfirmation } from '../schema/start.ts'

/** What an operator sees of an operation in the Temporal Web UI. */
export type OperationView = {
  readonly title: string
  readonly requester: string
  readonly live: LiveStatus
  readonly steps: readonly { readonly title: string; readonly state: string }[]
  readonly warnings: readonly string[]
  readonly pending: PendingConfirmation | null
  readonly result: OperationResult | null
}

/** State to Markdown: the live page of the workflow's current details. */
export const renderDetails = (view: OperationView): string =>
  [heading(view), outcome(view.result), question(view.pending), steps(view.steps), warnings(view.warnings)]
    .filter((part) => part !== '')
    .join('\n\n')

function heading({ title, requester, live }: OperationView): string {
  const reason = live.reason === null ? '' : ` (${live.reason})`
  const detail = live.detail === null ? '' : `\n${live.detail}`
  return `### ${title}\n**${live.state}**${reason} since ${live.since}, asked for by ${requester}${detail}`
}

const outcome = (result: OperationResult | null): string =>
  result === null ? '' : `**Ended ${result.state}**: ${result.message}`

function question(pending: PendingConfirmation | null): string {
  if (pending === null) return ''
  return [
    `#### Waits for a person (${pending.risk} risk)`,
    ...(pending.shown === undefined ? [] : [indented(pending.shown)]),
    pending.summary,
    `To go on, confirm with the phrase \`${pending.phrase}\` before ${pending.expiresAt}; after that it is refused.`,
    `Attempts: ${pending.attempts} of ${pending.maxAttempts}.`,
  ].join('\n\n')
}

/** As code in Markdown, whatever is in it. */
const indented = (text: string): string => text.replaceAll(/^/gm, '    ')

const marks: Record<string, string> = {
  pending: '·',
  running: '▶',
  applied: '✔',
  unchanged: '=',
  undone: '↩',
  failed: '✘',
  undo_failed: '✘',
}

const steps = (list: OperationView['steps']): string =>
  list.map((step, at) => `${at + 1}. ${marks[step.state] ?? '?'} ${step.title} (${step.state})`).join('\n')

const warnings = (list: readonly string[]): string =>
  list.length === 0 ? '' : `#### Warnings\n${list.map((text) => `- ${text}`).join('\n')}`
