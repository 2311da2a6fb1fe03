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

describe('what is critical in production', () => {
  const critical = { assessment: { ...assessment, risk: 'critical' as const, production: true, checklist: [] } }
  const table: [NonNullable<Question['twoPersons']>, boolean, string][] = [
    ['where_possible', false, 'requester_may_not_approve'],
    ['where_possible', true, 'confirmed'],
    ['always', true, 'requester_may_not_approve'],
    ['never', false, 'confirmed'],
  ]
  test.each(table)(
    'takes two people %s, the only approver: %s -> %s for who asked',
    (twoPersons, onlyOneApprover, expected) => {
      expect(outcome(critical, { actor: alice, mode: 'always', twoPersons, onlyOneApprover })).toBe(expected)
      expect(outcome(critical, { actor: bob, mode: 'always', twoPersons, onlyOneApprover })).toBe('confirmed')
    },
  )

  test('is not decided by a name that anybody may give himself, where two people always have to', () => {
    const actor = { ...bob, name: 'temporal:bob', interface: 'temporal' as const }
    expect(outcome(critical, { actor, twoPersons: 'always' })).toBe('requester_may_not_approve')
    expect(outcome(at('critical'), { actor, twoPersons: 'always' })).toBe('confirmed')
  })
})

test('the least role that may confirm goes by the risk', () => {
  const roles = { low: 'approver', medium: 'approver', high: 'approver', critical: 'admin' } as const
  expect(outcome(at('critical'), { roles })).toBe('requester_may_not_approve')
  expect(outcome(at('critical'), { roles, actor: { ...bob, role: 'admin' } })).toBe('confirmed')
  expect(outcome(at('high'), { roles })).toBe('confirmed')
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
