import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { supervisorText, texts } from '../../../ssh/run-script.ts'
import { nameOf, printfFormat, readProgram, runProgram, sweepProgram } from '../../../ssh/script.ts'

const run = (program: string) => spawnSync('sh', ['-s'], { input: program, env: { PATH: process.env.PATH } })
const request = {
  nonce: 'n0',
  token: 't0',
  name: 'run-1',
  root: '/nonexistent/runs',
  boot: 'b:1',
  mayStart: false,
  mode: 'direct' as const,
  mask: '0022',
  script: 'true',
  secrets: {},
  shm: '/dev/shm',
  timeoutMs: 1500,
  offsets: { stdout: 0, stderr: 0 },
  keepBytes: 1_000,
}

describe('a printf format', () => {
  test.each(['sh', 'bash'])('gives back every byte in %s', (shell) => {
    const bytes = Buffer.from(Array.from({ length: 255 }, (_, i) => i + 1))
    expect(execFileSync(shell, ['-c', `printf ${printfFormat(bytes)}`])).toEqual(bytes)
  })

  test.each(["'", "'; touch /tmp/x; '", '-v', '%n%s', '\\0', '\\\\', '$(id)', '`id`', '!!', 'é', '1\n2\n\n', '\u0000'])(
    'gives back %j',
    (value) => {
      expect(execFileSync('sh', ['-c', `printf ${printfFormat(value)}`]).toString()).toBe(value)
    },
  )

  test('holds nothing that ends a word between single quotes or that fish and csh read', () => {
    const inner = printfFormat(Buffer.from(Array.from({ length: 256 }, (_, i) => i))).slice(1, -1)
    expect(inner).not.toMatch(/['\n`!%]/)
  })
})

describe('a program', () => {
  test('runs whole or not at all: no beginning of it does anything', () => {
    const program = readProgram({ nonce: 'n0', name: 'r', script: 'echo done', timeoutMs: 1000 })
    expect(run(program).stdout.toString()).toBe('n0:begin\ndone\n')
    for (let length = 0; length < program.length - 2; length += 7) {
      expect(run(program.slice(0, length)).stdout.toString()).toBe('')
    }
  })

  test('is read by sh and bash without an error', () => {
    for (const shell of ['sh', 'bash']) {
      for (const text of [...Object.values(texts), supervisorText]) {
        expect(spawnSync(shell, ['-n'], { input: `{\n${text}\n}\n` }).stderr.toString()).toBe('')
      }
    }
  })

  test('says that a run without a trace is unknown where nothing may start', () => {
    expect(run(runProgram(request)).stdout.toString()).toBe('n0:begin\nn0:end unknown the host has no trace of it\n')
  })

  test('holds a secret only as an escaped format, and refuses a name that is no variable', () => {
    const program = runProgram({ ...request, secrets: { TOKEN: "a'b" } })
    expect(program).toContain('put_secrets() {')
    expect(() => runProgram({ ...request, secrets: { 'A; id': 'x' } })).toThrow('not the name of a variable')
  })

  test('takes plain words only', () => {
    expect(() => runProgram({ ...request, root: '/home/a b' })).toThrow('not a plain word')
    expect(() => sweepProgram({ nonce: 'n', names: ['$(id)'], root: '/r', shm: '' })).toThrow('not a plain word')
  })

  test('a script that starts with a dash is no option', () => {
    const program = readProgram({ nonce: 'n0', name: 'r', script: '-x; echo no', timeoutMs: 1000 })
    expect(run(program).stdout.toString()).toBe('n0:begin\nno\n')
  })
})

describe('the name of a run on the host', () => {
  test('is its id where that is plain', () => {
    expect(nameOf('0199.user.0.1')).toBe('0199.user.0.1')
  })
  test.each(['a/b', '../../etc', '', 'a b', '-rf', '.', 'x'.repeat(200)])('is a safe and distinct one for %j', (id) => {
    expect(nameOf(id)).toMatch(/^[A-Za-z0-9-][A-Za-z0-9._:-]{0,127}$/)
    expect(nameOf(id)).not.toBe(nameOf(`${id}x`))
    expect(nameOf(id)).not.toMatch(/^\.+$/)
  })
})
