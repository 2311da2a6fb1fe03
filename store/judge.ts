import type { Approval, ApprovalState, Decision, DecisionAnswer, DecisionOutcome } from '../schema/approval.ts'
import { isAtLeast } from '../schema/guard.ts'
import { type Actor, mayActAs } from '../schema/identity.ts'
import type { Settings } from '../schema/settings.ts'

/** An approval, and whether its time is over by the database's clock. */
export type SeenApproval = { readonly approval: Approval; readonly isOver: boolean }

export type Question = {
  /** Null where the operation has none. */
  found: SeenApproval | null
  actor: Actor
  decision: Decision
  mode: Settings['approval']['requesterMayApprove']
  onlyOneApprover: boolean
  /** The least role that may confirm, by risk. */
  roles?: Settings['approval']['roles']
  twoPersons?: Settings['approval']['twoPersons']
}

export type Verdict = {
  answer: DecisionAnswer
  /** What the approval becomes; as it was where nothing changes. */
  state: ApprovalState | null
  attempts: number | null
  /** Whether the phrase was right; null where it was not looked at. */
  matched: boolean | null
}

/** The whole of spec GUARD-13 on one answer: open? in time? may this person? right phrase? critical items seen to? */
export function judge(q: Question): Verdict {
  if (q.found === null) return unknownOperation
  const { approval, isOver } = q.found
  const verdict = verdictOn(approval)
  if (approval.state !== 'pending') return verdict(approval.state === 'expired' ? 'expired' : 'already_decided')
  if (isOver) return verdict('expired', { state: 'expired' })
  const objection = whyNot(q, approval)
  if (objection !== null) return verdict('requester_may_not_approve', { message: objection })
  if (q.decision.decision === 'reject') return verdict('rejected', { state: 'refused' })
  if (!isPhrase(q.decision.phrase, approval.assessment.phrase)) return wrongPhrase(approval)
  const unseen = unacknowledged(approval, q.decision.acknowledged)
  if (unseen.length > 0)
    return verdict('not_acknowledged', {
      matched: true,
      message: `The phrase is right, but these items must be acknowledged first: ${unseen.join(', ')}.`,
    })
  return verdict('confirmed', { state: 'confirmed', matched: true })
}

/** Compared after trimming and ignoring case. */
export const isPhrase = (given: string | undefined, expected: string): boolean =>
  given !== undefined && given.trim().toLowerCase() === expected.trim().toLowerCase()

function wrongPhrase(approval: Approval): Verdict {
  const attempts = approval.attempts + 1
  const last = attempts >= approval.maxAttempts
  return verdictOn(approval)(last ? 'max_attempts_exceeded' : 'invalid_confirmation', {
    attempts,
    matched: false,
    state: last ? 'refused' : 'pending',
  })
}

/** Why this actor may not give this answer; null where they may. Whoever asked may always take it back. */
function whyNot(question: Question, approval: Approval): string | null {
  const { actor, decision, mode, onlyOneApprover, roles } = question
  const isRequester = actor.name === approval.requester
  if (decision.decision === 'reject')
    return isRequester || mayActAs(actor.role, 'operator') ? null : `The role ${actor.role} may not reject.`
  if (actor.kind === 'agent') return 'An agent may ask and never approve.'
  if (!mayActAs(actor.role, 'approver')) return `The role ${actor.role} may not approve.`
  const risk = approval.assessment.risk
  const least = roles?.[risk] ?? 'approver'
  if (!mayActAs(actor.role, least)) return `The role ${actor.role} may not approve at ${risk} risk: ${least} may.`
  const second = secondPerson(question, approval)
  if (second !== null) return second
  const needsAnother = mode === 'never' || (mode === 'below_high' && isAtLeast(risk, 'high'))
  return isRequester && needsAnother && !onlyOneApprover
    ? `Whoever asked may not approve at ${risk} risk: another approver has to.`
    : null
}

/** Critical in production takes two people, whoever else may approve what they asked for (spec GUARD-34). */
function secondPerson({ actor, onlyOneApprover, twoPersons }: Question, approval: Approval): string | null {
  const { risk, production } = approval.assessment
  if (risk !== 'critical' || !production || twoPersons === undefined || twoPersons === 'never') return null
  if (twoPersons === 'always' && actor.interface === 'temporal')
    return 'What is critical in production is decided through the API, where it is known who decides.'
  return actor.name === approval.requester && (twoPersons === 'always' || !onlyOneApprover)
    ? 'What is critical in production takes two people: another approver has to confirm it.'
    : null
}

function unacknowledged(approval: Approval, acknowledged: readonly string[]): string[] {
  if (!isAtLeast(approval.assessment.risk, 'high')) return []
  const critical = approval.assessment.checklist.filter((item) => item.critical).map((item) => item.id)
  return critical.filter((id) => !acknowledged.includes(id))
}

type Change = Partial<Pick<Verdict, 'attempts' | 'matched' | 'state'>> & { message?: string }

const verdictOn =
  (approval: Approval) =>
  (outcome: DecisionOutcome, change: Change = {}): Verdict => {
    const { attempts = approval.attempts, matched = null, state = approval.state } = change
    const open = state === 'pending'
    return {
      state,
      attempts,
      matched,
      answer: {
        outcome,
        message: change.message ?? messages[outcome](approval),
        expectedPhrase: open ? approval.assessment.phrase : null,
        remainingAttempts: open ? approval.maxAttempts - (attempts ?? 0) : null,
        hint: hints[outcome] ?? null,
      },
    }
  }

const messages: Record<DecisionOutcome, (approval: Approval) => string> = {
  confirmed: () => 'Confirmed. It runs once.',
  rejected: () => 'Rejected. Nothing is run.',
  invalid_confirmation: (approval) => `That is not the phrase. Expected: "${approval.assessment.phrase}".`,
  max_attempts_exceeded: (approval) =>
    `That was wrong for the ${approval.maxAttempts}. time. The operation is refused; nothing is run.`,
  expired: (approval) => `The time to confirm was over at ${approval.expiresAt}. Nothing is run.`,
  already_decided: (approval) =>
    `This was ${approval.state} already${approval.decidedBy === null ? '' : ` by ${approval.decidedBy}`}. Nothing more is run.`,
  not_acknowledged: () => 'Critical items must be acknowledged first.',
  requester_may_not_approve: () => 'Another approver has to decide.',
  error: () => 'There is no approval to decide on.',
}

const hints: Partial<Record<DecisionOutcome, string>> = {
  invalid_confirmation: 'Type the phrase as it is shown; upper and lower case do not matter.',
  max_attempts_exceeded: 'Start the operation again if it is still wanted.',
  expired: 'Start the operation again if it is still wanted.',
  not_acknowledged: 'See to each item, then send its id in "acknowledged" together with the phrase.',
  error: 'It may have expired or been cancelled; list what waits for approval.',
}

const unknownOperation: Verdict = {
  state: null,
  attempts: null,
  matched: null,
  answer: {
    outcome: 'error',
    message: 'There is no approval to decide on under this operation id.',
    expectedPhrase: null,
    remainingAttempts: null,
    hint: hints.error ?? null,
  },
}
