import { describe, expect, it } from 'vitest'
import { needlessStates } from '../../../plans/saved-states.ts'

const now = '2026-11-21T12:00:00Z'
const idOf = (number: number): string => `0197${String(number).padStart(4, '0')}-0000-7000-8000-000000000001`
const daysAgo = (days: number): string => new Date(Date.parse(now) - days * 86_400_000).toISOString()

/** As many states as there are ages in days, the oldest first. */
function needless(ages: readonly (number | null)[], more: { inForce?: readonly string[]; unknown?: string } = {}) {
  const left = ages.map((_, number) => idOf(number))
  const endedAt = new Map(ages.map((age, number) => [idOf(number), age === null ? null : daysAgo(age)]))
  if (more.unknown !== undefined) endedAt.delete(more.unknown)
  return needlessStates({ left, endedAt, inForce: more.inForce ?? [], nowMs: Date.parse(now) })
}

describe('saved states that nothing needs any more', () => {
  it('are those beyond the newest twenty', () => {
    expect(needless(Array.from({ length: 23 }, () => 1))).toEqual([idOf(2), idOf(1), idOf(0)])
    expect(needless(Array.from({ length: 20 }, () => 1))).toEqual([])
  })

  it('are those older than ninety days', () => {
    expect(needless([91, 89, 1])).toEqual([idOf(0)])
  })

  it.each([
    ['the newest, however old', [400], {}],
    ['what a revert would put back', [400, 1], { inForce: [idOf(0)] }],
    ['what is under way', [null, 1], {}],
    ['what another Drydock has saved', [400, 1], { unknown: idOf(0) }],
  ] as const)('are never %s', (_, ages, more) => expect(needless(ages, more)).toEqual([]))
})
