import { describe, expect, it } from 'vitest'
import { countdown, isWorthAnother } from '../../../activities/countdown.ts'

describe('the time that a host waits, as we count it', () => {
  const begun = Date.parse('2026-11-21T12:00:00Z')
  const hour = 3_600_000

  it.each([
    ['an hour ahead', hour],
    ['an hour back', -hour],
    ['as it is', 0],
  ])('passes by no other seconds when our clock is set %s', (_, jump) => {
    let [wall, monotonic] = [begun, 5_000]
    const clocks = { wallMs: () => wall, monotonicMs: () => monotonic }
    const { leftMs } = countdown('2026-11-21T12:02:00Z', clocks)
    expect(leftMs()).toBe(120_000)
    wall += jump + 30_000
    monotonic += 30_000
    expect(leftMs()).toBe(90_000)
    monotonic += 91_000
    expect(leftMs()).toBe(-1_000)
  })
})

describe('another log-in', () => {
  it.each([
    ['while nobody can tell and the host waits', { old: 'silent', inVain: 0, leftMs: 1 }, true],
    ['not when its time is over', { old: 'silent', inVain: 0, leftMs: -1 }, false],
    [
      'not when the host has said that it waits no more, whatever our clock says',
      { old: 'over', inVain: 0, leftMs: 99_999 },
      false,
    ],
    ['once when the old connection alone gets through', { old: 'armed', inVain: 1, leftMs: 99_999 }, true],
    ['not twice then: it is the new rules', { old: 'armed', inVain: 2, leftMs: 99_999 }, false],
  ] as const)('is tried %s', (_, tried, isTried) => expect(isWorthAnother(tried)).toBe(isTried))
})
