import { describe, expect, it } from 'vitest'
import { destructive, harmless } from './corpus.ts'
import { assessed } from './situation.ts'

describe('the corpus', () => {
  it('is large enough to mean something', () => {
    expect(destructive.length).toBeGreaterThanOrEqual(2000)
    expect(harmless.length).toBeGreaterThanOrEqual(2000)
    expect(new Set(destructive.map(({ action }) => action)).size).toBe(25)
  })

  it('has no destructive line that passes, and each is found for what it is', () => {
    const missed = destructive.filter(({ command, device, action }) => {
      const { verdict, findings } = assessed(command, { device })
      return verdict === 'allow' || findings.every((finding) => finding.action !== action)
    })
    expect(missed).toEqual([])
  }, 60_000)

  it('has no harmless line that asks', () => {
    const asked = harmless.flatMap(({ command, device }) => {
      const { verdict, findings } = assessed(command, { device })
      return verdict === 'allow' ? [] : [{ command, because: findings.map(({ because }) => because) }]
    })
    expect(asked).toEqual([])
  }, 60_000)
})
