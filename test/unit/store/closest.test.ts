import { expect, test } from 'vitest'
import { closest } from '../../../store/closest.ts'

const known = ['web-1', 'web-2', 'db-1', 'backup-eu', 'web-staging']

test.each([
  ['web1', ['web-1', 'web-2']],
  ['wbe-1', ['web-1', 'db-1', 'web-2']],
  ['backup', ['backup-eu']],
  ['staging', ['web-staging']],
  ['nothing-like-it', []],
])('%s may mean %j', (wanted, expected) => {
  expect(closest(wanted, known)).toEqual(expected)
})
