import { describe, expect, it } from 'vitest'
import { rules } from '../../../guard/rules/index.ts'
import { ActionType } from '../../../schema/guard.ts'
import { assessed } from './situation.ts'

describe('the rules', () => {
  it('know every action type, each under its own name', () => {
    expect(Object.values(rules).map(({ action }) => action)).toEqual(Object.keys(rules))
    expect(new Set(Object.keys(rules))).toEqual(new Set(ActionType.options))
  })

  for (const rule of Object.values(rules))
    describe(rule.action, () => {
      it.each(rule.examples)('finds %s', (command) => {
        const { verdict, findings } = assessed(command)
        expect(findings.map(({ action }) => action)).toContain(rule.action)
        expect(verdict).toBe('confirm')
      })

      it.each(rule.nearMisses)('lets %s pass', (command) => {
        expect(assessed(command)).toMatchObject({ verdict: 'allow', findings: [] })
      })

      it('has something else to do instead', () => {
        expect(rule.advice({ count: 1, targets: [], server: 'web-1' }).length).toBeGreaterThan(0)
      })
    })
})
