import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { commandText } from '../../../cli/shell-words.ts'

describe('the words after "--"', () => {
  test('one word is shell text as it stands', () => {
    expect(commandText(['df -h | tail -1'])).toBe('df -h | tail -1')
  })

  test('plain words stay readable', () => {
    expect(commandText(['apt-get', 'install', '-y', 'nginx=1.22'])).toBe('apt-get install -y nginx=1.22')
  })

  test('an assignment in first place stays a word', () => {
    expect(commandText(['A=b', 'c'])).toBe("'A=b' c")
  })

  const words = [
    'a b',
    "it's",
    '$(id)',
    '`id`',
    '$HOME',
    '"',
    '\\',
    '*',
    '',
    '\n',
    ';',
    '~',
    '-n',
    '#x',
    '!x',
    'ä',
    '{a,b}',
    '<(x)',
  ]

  test.each(['sh', 'bash'])('several words reach a program of %s as they are', (shell) => {
    const out = execFileSync(shell, ['-c', commandText(['printf', '%s\\0', ...words])], { encoding: 'utf8' })
    expect(out.split('\0').slice(0, -1)).toEqual(words)
  })
})
