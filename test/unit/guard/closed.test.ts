import { describe, expect, it } from 'vitest'
import { closed } from '../../../guard/closed/index.ts'
import { assessed } from './situation.ts'

describe('the closed world', () => {
  it('names every program once', () => {
    const names = closed.flatMap((one) => one.of.split(' '))
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })

  for (const one of closed)
    describe(one.of.slice(0, 40), () => {
      it.each(one.asks)('asks before %s', (command) => {
        expect(assessed(command).verdict).toBe('confirm')
      })

      it.each(one.passes)('lets %s pass', (command) => {
        expect(assessed(command)).toMatchObject({ verdict: 'allow', findings: [] })
      })
    })
})

describe('a program that no table knows', () => {
  it.each([
    'frobctl cluster destroy prod',
    'frobctl nodes:remove n1',
    'frob-admin user-delete jdoe',
    'frobctl deleteTopic orders',
    'frob --purge-all',
    'frob -v pool drain p1',
    'sudo /opt/frob/bin/frob index drop logs',
  ])('asks before %s', (command) => {
    expect(assessed(command)).toMatchObject({ verdict: 'confirm', findings: [{ action: 'opaque' }] })
  })

  it.each([
    'frobctl cluster status prod',
    'frobctl cluster destroy prod --dry-run',
    'frobctl destroy --help',
    'frobctl list deleted',
    './frob.sh remove',
    'npm uninstall left-pad',
    'make uninstall',
    'git branch -d old',
    'cargo clean',
    'frobctl create remove-me',
  ])('lets %s pass', (command) => {
    expect(assessed(command).verdict).toBe('allow')
  })
})
