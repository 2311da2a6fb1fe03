import { describe, expect, test } from 'vitest'
import type { Approval, Decision } from '../../../schema/approval.ts'
import type { Risk } from '../../../schema/guard.ts'
import { isPhrase, judge, type Question } from '../../../store/judge.ts'
import { alice, assessment, bob, digest } from '../../support/operations.ts'

const approval = (change: Partial<Approval> = {}): Approval => ({
  id: 'a',
  operationId: 'o',
  server: { id: 's', name: 'web-1' },
  subject: { kind: 'command', digest: digest('a'), shown: 'docker stop' },
  assessment,
  requester: 'alice',
  state: 'pending',
  attempts: 0,
  maxAttempts: 3,
  createdAt: '2030-01-01T00:00:00.000Z',
  expiresAt: '2030-01-01T00:05:00.000Z',
  decidedBy: null,
  decidedAt: null,
  ...change,
})

const right: Decision = { decision: 'confirm', phrase: assessment.phrase, acknowledged: [] }

const outcome = (change: Partial<Approval>, question: Partial<Question> = {}) =>
  judge({
    found: { approval: approval(change), isOver: false },
    actor: bob,
    decision: right,
    mode: 'below_high',
    onlyOneApprover: false,
    ...question,
  }).answer.outcome

const at = (risk: Risk) => ({ assessment: { ...assessment, risk, checklist: [] } })

describe('who may approve what they asked for', () => {
  const table: [Question['mode'], Risk, boolean, string][] = [
    ['always', 'critical', false, 'confirmed'],
    ['below_high', 'medium', false, 'confirmed'],
    ['below_high', 'high', false, 'requester_may_not_approve'],
    ['below_high', 'critical', false, 'requester_may_not_approve'],
    ['below_high', 'critical', true, 'confirmed'],
    ['never', 'low', false, 'requester_may_not_approve'],
    ['never', 'low', true, 'confirmed'],
  ]
  test.each(table)('%s, risk %s, the only approver: %s -> %s', (mode, risk, onlyOneApprover, expected) => {
    expect(outcome(at(risk), { actor: alice, mode, onlyOneApprover })).toBe(expected)
    expect(outcome(at(risk), { actor: bob, mode, onlyOneApprover })).toBe('confirmed')
  })
})

test.each(['confirmed', 'refused', 'cancelled', 'executed', 'failed'] as const)('%s is already decided', (state) => {
  expect(outcome({ state })).toBe('already_decided')
})

test('the deadline counts before the person and the phrase', () => {
  const found = { approval: approval(), isOver: true }
  expect(outcome({}, { found, actor: { ...bob, role: 'viewer' } })).toBe('expired')
  expect(outcome({ state: 'expired' })).toBe('expired')
})

test('someone who may not approve cannot use up the attempts of those who may', () => {
  const verdict = judge({
    found: { approval: approval({ attempts: 2 }), isOver: false },
    actor: { ...bob, role: 'operator' },
    decision: { ...right, phrase: 'wrong' },
    mode: 'always',
    onlyOneApprover: false,
  })
  expect(verdict).toMatchObject({ attempts: 2, state: 'pending', matched: null })
})

test('a phrase that is left out is a wrong one', () => {
  expect(outcome({}, { decision: { decision: 'confirm', acknowledged: [] } })).toBe('invalid_confirmation')
})

test.each([
  ['yes, go', true],
  ['  YES, Go\n', true],
  ['yes,  go', false],
  ['yes', false],
  ['', false],
])('%j against "Yes, go": %s', (given, expected) => {
  expect(isPhrase(given, 'Yes, go')).toBe(expected)
})
