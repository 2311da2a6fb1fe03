import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { and, command, lines, or, pipe, quote, refuse, sh, shorten, strict, when } from '../../../commands/shell.ts'

describe('quote', () => {
  it.each([
    ['plain', `'plain'`],
    ['', `''`],
    [7, `'7'`],
    ['a b', `'a b'`],
    ["it's", `'it'\\''s'`],
    ['$(id)`id`"\\', `'$(id)\`id\`"\\'`],
    ['two\nlines', `'two\nlines'`],
    ['-rf', `'-rf'`],
  ])('spells %j as one literal word', (value, word) => {
    expect(quote(value)).toBe(word)
  })

  it('refuses NUL, which no word of a shell can hold', () => {
    expect(() => quote('a\0b')).toThrow(RangeError)
  })

  it('keeps 2,000 hostile values whole through a real shell', () => {
    const values = hostileValues({ seed: 20_260_101, count: 2_000 })
    const script = values.map((value) => `printf '%s\\0' ${quote(value)}`).join('\n')
    const printed = execFileSync('sh', { input: script, maxBuffer: 16_777_216 }).toString('utf8')
    expect(printed.split('\0').slice(0, -1)).toEqual(values)
  })

  it('keeps single hostile values whole as arguments of sh -c', () => {
    for (const value of hostileValues({ seed: 7, count: 50 }))
      expect(execFileSync('sh', ['-c', `printf %s ${quote(value)}`]).toString('utf8')).toBe(value)
  })
})

describe('sh', () => {
  it.each([
    ['a value', sh`echo ${"a'b"}`.text, `echo 'a'\\''b'`],
    ['a list', sh`rm -f -- ${['a', 'b c']}`.text, `rm -f -- 'a' 'b c'`],
    ['an empty list', sh`set -- ${[]}`.text, 'set -- '],
    ['another script', sh`{ ${sh`echo ${'x'}`}; }`.text, `{ echo 'x'; }`],
    ['a backslash', sh`tr ' ' '\n'`.text, String.raw`tr ' ' '\n'`],
  ])('spells %s', (_, text, expected) => {
    expect(text).toBe(expected)
  })
})

describe('the algebra', () => {
  const [a, b] = [sh`a`, sh`b`]
  it.each([
    [and(a, b).text, 'a && b'],
    [or(a, b).text, 'a || b'],
    [pipe(a, b).text, 'a | b'],
    [lines(a, b).text, 'a\nb'],
    [when(a, b).text, 'if a; then\nb\nfi'],
    [when(a, b, a).text, 'if a; then\nb\nelse\na\nfi'],
    [strict(a).text, 'set -eu\numask 077\na'],
    [refuse('no way').text, `printf '%s\\n' 'no way' >&2\nexit 1`],
  ])('makes %j', (text, expected) => {
    expect(text).toBe(expected)
  })
})

describe('shown', () => {
  it('is the script on one line, cut, without control characters', () => {
    expect(shorten(' a\n  b\u001b[31m'.trim())).toBe('a; b [31m')
    expect(shorten('x'.repeat(400))).toHaveLength(301)
  })

  it('defaults to the script and can be given', () => {
    const options = { script: sh`true`, effect: 'read', category: 'system' } as const
    expect(command(options).shown).toBe('true')
    expect(command({ ...options, shown: 'nothing' }).shown).toBe('nothing')
  })
})

/** Values made of what shells treat specially, by a small generator (mulberry32) so that a failure comes back. */
function hostileValues({ seed, count }: { seed: number; count: number }): string[] {
  const pieces = [
    "'",
    '"',
    '\\',
    '$',
    '`',
    '$(id)',
    '${HOME}',
    '\n',
    '\r',
    '\t',
    ' ',
    ';',
    '&',
    '|',
    '>',
    '<',
    '*',
    '?',
  ]
  const more = [
    '~',
    '!',
    '#',
    '-',
    '=',
    '(',
    ')',
    '{',
    '}',
    '[',
    ']',
    '%s',
    'ä',
    '日本',
    '😀',
    'EOF',
    '\u001b',
    'a',
    '9',
  ]
  const all = [...pieces, ...more]
  let state = seed
  const next = (below: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
  return Array.from({ length: count }, () =>
    Array.from({ length: next(24) }, () => all[next(all.length)] ?? '').join(''),
  )
}
