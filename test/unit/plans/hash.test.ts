import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { commandDigests, hashPlan } from '../../../plans/hash.ts'
import { planSetup } from '../../../plans/setup.ts'
import type { Command } from '../../../schema/command.ts'
import type { PlanDraft } from '../../../schema/plan.ts'
import { allThere, situation } from './situation.ts'

const digestOf = (command: Command): string => createHash('sha256').update(command.script).digest('hex')
const target = { id: '01970000-0000-7000-8000-00000000000a', name: 'web-1' }
const nothingSaved = { files: [], units: [], firewall: false, kernelParameters: [], reload: [] }
function draft(...changes: Parameters<typeof situation>): PlanDraft {
  const answer = planSetup(situation(...changes))
  if (answer.kind === 'impossible') throw new Error('impossible')
  return answer.plan
}

describe('the hash of a plan', () => {
  const hash = hashPlan(target, draft())

  it('is SHA-256 in hex', () => expect(hash).toMatch(/^[0-9a-f]{64}$/))

  it('is the same when the plan is made again for the same operation', () => {
    expect(hashPlan(target, draft())).toBe(hash)
  })

  it('is the same after a way through jsonb, which orders keys anew', () => {
    const reordered: unknown = JSON.parse(JSON.stringify(draft()), (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toReversed())
        : value,
    )
    expect(hashPlan(target, Object.assign(draft(), reordered))).toBe(hash)
  })

  it('does not depend on warnings', () => {
    expect(hashPlan(target, Object.assign(draft(), { warnings: ['x'] }))).toBe(hash)
  })

  it.each([
    ['another server', hashPlan({ ...target, id: '01970000-0000-7000-8000-00000000000b' }, draft())],
    ['another operation', hashPlan(target, draft({ operationId: '01970000-0000-7000-8000-000000000002' }))],
    ['other settings', hashPlan(target, draft({ settings: { sudo: { kind: 'none' } } }))],
    ['another state of the host', hashPlan(target, draft({ inspected: allThere }))],
    [
      'an automatic revert',
      hashPlan(target, { ...draft(), autoRevert: { fromStep: 'a', untilStep: 'b', timeoutMs: 1, save: nothingSaved } }),
    ],
  ])('is another for %s', (_, other) => {
    expect(other).not.toBe(hash)
  })
})

describe('the digests of a plan', () => {
  it('tell what brings it about from what takes it back', () => {
    const plan = draft()
    const { forward, undo } = commandDigests(plan, digestOf)
    const all = plan.steps.flatMap(({ check, apply, verify }) => [check, ...apply, verify])
    expect(forward).toEqual(all.flatMap((command) => (command === undefined ? [] : [digestOf(command)])))
    expect(undo).toHaveLength(plan.steps.flatMap((step) => step.undo ?? []).length)
    expect(forward.filter((digest) => undo.includes(digest))).toEqual([])
  })
})
