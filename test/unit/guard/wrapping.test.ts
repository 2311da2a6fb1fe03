import { describe, expect, it } from 'vitest'
import { pick, seeded } from './random.ts'
import { milder, payloads, wrapperNames, wrapOnce } from '../../guard/wrapping.ts'

const seed = 20_240_607

describe('wrapping', () => {
  it.each(wrapperNames)(
    '%s makes no command milder',
    (name) => {
      const random = seeded(seed + wrapperNames.indexOf(name))
      const some = Array.from({ length: 100 }, () => pick(random, payloads))
      expect(some.flatMap((payload) => milder(payload, [name]) ?? [])).toEqual([])
    },
    30_000,
  )

  it('to a depth of five makes no command milder', () => {
    const random = seeded(seed)
    const found = Array.from({ length: 1500 }, () => wrapOnce(random, 5)).filter((pair) => pair !== null)
    expect(found, `seed ${seed}`).toEqual([])
  }, 60_000)
})
