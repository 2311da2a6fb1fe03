import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { scriptCommand, userCommand } from '../../../commands/user-command.ts'
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

describe('a script', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drydock-script-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const run = (command: { script: string }) =>
    spawnSync('sh', ['-c', command.script], { env: { ...process.env, TMPDIR: folder }, encoding: 'utf8' })

  it('stands in a temporary file', () =>
    expectScript(scriptCommand({ interpreter: 'python3', text: "print('hi')\n", args: ['a b'] }), 'script-python3'))

  it.each([
    ['sh', 'printf "%s|" "$@"', 0],
    ['sh', 'printf "%s|" "$@"; exit 3', 3],
    ['node', 'process.stdout.write(process.argv.slice(2).join("|") + "|"); process.exit(4)', 4],
  ] as const)(
    'of %s gets its arguments, keeps its exit status and leaves nothing behind',
    (interpreter, text, status) => {
      const ended = run(scriptCommand({ interpreter, text, args: ["it's", '$(id)'] }))
      expect(ended).toMatchObject({ stdout: "it's|$(id)|", status })
      expect(readdirSync(folder)).toEqual([])
    },
  )

  it('that is ended by TERM leaves nothing behind', () => {
    const ended = run(scriptCommand({ interpreter: 'sh', text: 'kill -TERM $PPID' }))
    expect(ended.status).toBe(143)
    expect(readdirSync(folder)).toEqual([])
  })
})
