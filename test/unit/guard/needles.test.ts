import { describe, expect, it } from 'vitest'
import { needleFor } from '../../../guard/needles.ts'
import { read } from '../../../guard/reading/read.ts'
import { wordsOf } from '../../../guard/reading/call.ts'
import { rules } from '../../../guard/rules/index.ts'
import { destructive, harmless } from './corpus.ts'

const needle = (pattern: RegExp) => needleFor([pattern])

describe('the needle for a pattern', () => {
  it.each([
    [/^(create|destroy)\b/, 'volume destroy', 'volume list'],
    [/\bfoo(bar)?baz\b/, 'foobaz', 'foobar'],
    [/(?=.*--all)(?!.*--dry-run).*/, 'rm --all', 'rm'],
    [/service scale|--rm\b/, 'docker service scale web=0', 'docker sales web=0'],
    [/--overwrite[= ]\S*[*\uE001]/, '--overwrite=x', '--over'],
    [/a{0,2}bc+d/, 'bccd', 'abcc'],
    [/\x2fetc\u002fpasswd/, '/etc/passwd', '/etc/group'],
  ])('of %s is in "%s" and not in "%s"', (pattern, hit, miss) => {
    expect(needle(pattern)?.test(hit)).toBe(true)
    expect(needle(pattern)?.test(miss)).toBe(false)
  })

  it.each([/^/, /\S/, /(|x)y?/, /[abc]\d+/, /(?!x)/, /(x|\w)/])('is none where %s needs nothing', (pattern) => {
    expect(needle(pattern)).toBe(null)
  })

  it('is there in every line of the corpus in which a row of a table finds something', () => {
    const needles = new Map(rowsOfAll().map(({ words }) => [words, needle(words)]))
    const without = [...destructive, ...harmless].flatMap(({ command }) =>
      read(command).calls.flatMap((call) => {
        const [, ...words] = wordsOf(call).split(/\s+/)
        const found = rowsOf(call.name).filter(({ words: pattern }) => pattern.test(words.join(' ')))
        const told = found.every(({ words: pattern }) => {
          const sought = needles.get(pattern) ?? null
          return sought === null || words.some((word) => sought.test(word))
        })
        return told ? [] : [command]
      }),
    )
    expect(without).toEqual([])
  })
})

const rowsOf = (program: string) => Object.values(rules).flatMap(({ listed }) => listed?.get(program)?.rows ?? [])
const rowsOfAll = () =>
  Object.values(rules).flatMap(({ listed }) => [...(listed?.values() ?? [])].flatMap(({ rows }) => rows))
