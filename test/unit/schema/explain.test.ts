import { describe, expect, test } from 'vitest'
import { explain } from '../../../schema/explain.ts'
import { ErrorType, Problem } from '../../../schema/problem.ts'
import { commandLimits, limitMs, problemPolicy, retryDelayMs } from '../../../schema/problem-policy.ts'

describe('a problem', () => {
  test('says what failed, where, why, and what to do next', () => {
    const problem = explain({
      type: 'connection_refused',
      doing: 'Reading facts',
      host: { name: 'web-1', hostname: '192.0.2.7', port: 22 },
      because: 'connect ECONNREFUSED.',
    })
    expect(problem.message).toBe(
      'Reading facts failed: web-1 (192.0.2.7:22) refused the connection (connect ECONNREFUSED). Check that sshd runs and listens on the registered port.',
    )
    expect(problem).toMatchObject({ code: 'CONNECTION_FAILED', severity: 'high', retryable: true })
  })

  test.each(ErrorType.options)('of type %s has a policy, a sentence and a suggestion', (type) => {
    const problem = explain({ type, doing: 'It', host: { name: 'web-1' }, because: '' })
    expect(Problem.parse(problem).suggestions.length).toBeGreaterThan(0)
    expect(problem.message).toMatch(/^It failed: web-1 \S.*\.$/)
    expect(problem.retryable).toBe(problemPolicy[type].maxRetries > 0)
  })

  test('puts an IPv6 address in brackets', () => {
    const host = { name: 'web-1', hostname: '2001:db8::7', port: 22 }
    expect(explain({ type: 'unknown', doing: 'It', host, because: '' }).message).toContain('[2001:db8::7]:22')
  })
})

describe('limits', () => {
  test('grow with each try up to the maximum of their kind', () => {
    expect([1, 2, 3].map((attempt) => limitMs('containers', attempt))).toEqual([20_000, 30_000, 45_000])
    for (const category of Object.keys(commandLimits).filter((key) => key === 'files' || key === 'drives')) {
      expect(limitMs(category, 50)).toBe(commandLimits[category].maximumMs)
    }
  })

  test('the wait before a retry grows by 1.5, and doubles under overload', () => {
    expect([1, 2].map((retry) => retryDelayMs('connection_refused', retry))).toEqual([5_000, 7_500])
    expect([1, 2].map((retry) => retryDelayMs('system_overload', retry))).toEqual([30_000, 60_000])
  })
})
