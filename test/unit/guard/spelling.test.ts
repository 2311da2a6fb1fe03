import { expect, it } from 'vitest'
import { milderSpelling, provenEqual, spellAnew } from '../../guard/spelling.ts'
import { seeded } from './random.ts'

it('no spelling that bash reads as the same makes a command milder', () => {
  const seed = 20_251_121
  const random = seeded(seed)
  const equal = provenEqual(Array.from({ length: 1000 }, () => spellAnew(random)))
  expect(equal.length).toBeGreaterThan(500)
  expect(
    equal.flatMap((pair) => milderSpelling(pair) ?? []),
    `seed ${seed}`,
  ).toEqual([])
}, 60_000)
