import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { userCommand } from '../../../commands/user-command.ts'
import { expectScript } from './script.ts'

describe('a typed command', () => {
  it.each([
    [{ text: 'df -h | tail -1' }, 'df -h | tail -1'],
    [{ text: 'ls', cwd: '/srv/a b' }, `cd -- '/srv/a b' || exit 126\nls`],
    [{ text: 'env', env: { A: "it's", B: '$(id)' } }, `export A='it'\\''s'\nexport B='$(id)'\nenv`],
  ])('%j goes to the shell as it is', (typed, script) => {
    expect(userCommand(typed)).toMatchObject({ script, effect: 'change', category: 'general' })
  })

  it('shows what was typed, or what is given', () => {
    expect(userCommand({ text: 'a\nb', cwd: '/x' }).shown).toBe('a; b')
    expect(userCommand({ text: 'a', shown: 'secret thing' }).shown).toBe('secret thing')
  })

  it('refuses a name that is no name of a variable', () => {
    expect(() => userCommand({ text: 'ls', env: { 'A=1;id': 'x' } })).toThrow(RangeError)
  })
})

const run = (command: { script: string }) => spawnSync('sh', ['-c', command.script], { encoding: 'utf8' })
const args = ["it's", '$(id)', '-x']

describe('a script', () => {
  it('is given to its interpreter as it is', () =>
    expectScript(
      userCommand({ text: "print('hi')\n", script: { interpreter: 'python3', args: ['a b'] } }),
      'script-python3',
    ))

  it.each([
    ['sh', 'printf "%s|" "$@"', 0],
    ['bash', 'set -eu\nprintf "%s|" "$@"; exit 3', 3],
    ['python3', 'import sys\nprint("|".join(sys.argv[1:]) + "|", end="")\nsys.exit(4)', 4],
    ['perl', 'print "$_|" for @ARGV; exit 5', 5],
    ['node', 'process.stdout.write(process.argv.slice(2).join("|") + "|"); process.exit(6)', 6],
  ] as const)('of %s gets its arguments and keeps its exit status', (interpreter, text, status) => {
    expect(run(userCommand({ text, script: { interpreter, args } }))).toMatchObject({
      stdout: "it's|$(id)|-x|",
      status,
    })
  })

  it.each([
    ['sh', 'cat; echo after'],
    ['bash', 'cat; echo after'],
    ['python3', 'import sys\nsys.stdout.write(sys.stdin.read())\nprint("after")'],
  ] as const)('of %s is not read away by what it runs', (interpreter, text) => {
    expect(run(userCommand({ text, script: { interpreter, args: [] } })).stdout).toBe('after\n')
  })

  it('may hold the word that would end it', () => {
    const text = "cat <<'DRYDOCK_END'\none\nDRYDOCK_END\necho two"
    expect(run(userCommand({ text, script: { interpreter: 'sh', args: [] } })).stdout).toBe('one\ntwo\n')
  })
})

describe('standard input', () => {
  it.each([
    ['cat', 'a $b `c`\n', 'a $b `c`\n'],
    ['read line; echo "$line"; cat', 'one\ntwo', 'one\ntwo\n'],
    ['cat # all of it', 'DRYDOCK_END\n', 'DRYDOCK_END\n'],
  ])('is read by %s as it is', (text, stdin, stdout) => {
    expect(run(userCommand({ text, stdin })).stdout).toBe(stdout)
  })
})
