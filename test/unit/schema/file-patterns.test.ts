import { expect, test } from 'vitest'
import { chooser, FilePattern } from '../../../schema/file-patterns.ts'

const counts = (include: string[], exclude: string[], path: string, kind: 'file' | 'directory' = 'file') =>
  chooser({ include, exclude })(path, kind)

test.each([
  ['*.tmp', 'a/b/c.tmp', true],
  ['*.tmp', 'a.tmp/kept', true],
  ['*.tmp', 'a.tmpl', false],
  ['a?c', 'abc', true],
  ['a?c', 'a/c', false],
  ['cache/', 'x/cache/y', true],
  ['cache/', 'x/cache', false],
  ['/build', 'build/x', true],
  ['/build', 'a/build', false],
  ['/build/**', 'build/x/y', true],
  ['a/**/z', 'a/z', true],
  ['a/**/z', 'a/b/c/z', true],
  ['a/*/z', 'a/b/c/z', false],
  ['a.b', 'axb', false],
  ['(a|b)+', '(a|b)+', true],
])('excluding %j decides about %j', (pattern, path, isExcluded) => {
  expect(counts([], [pattern], path)).toBe(!isExcluded)
})

test('only files that are included count, folders on the way to them do, and excluding wins', () => {
  expect(counts(['*.html'], [], 'a/b.html')).toBe(true)
  expect(counts(['*.html'], [], 'a/b.css')).toBe(false)
  expect(counts(['*.html'], [], 'a', 'directory')).toBe(true)
  expect(counts(['*.html'], ['drafts/'], 'drafts/b.html')).toBe(false)
})

test.each(['', '/', '///', 'a\nb'])('%j is no pattern', (text) => {
  expect(FilePattern.safeParse(text).success).toBe(false)
})
