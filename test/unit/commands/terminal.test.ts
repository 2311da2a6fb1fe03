import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { userCommand } from '../../../commands/user-command.ts'
import { assess } from '../../../guard/index.ts'
import { expectScript } from './script.ts'

const terminal = { columns: 120, rows: 40, term: 'xterm-256color' }
const canBeHad = /--echo/.test(spawnSync('script', ['--help'], { encoding: 'utf8' }).stdout ?? '')
const folder = mkdtempSync(join(tmpdir(), 'drydock-terminal-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** As a run on a host starts it: nothing to read, and a place where the terminal's session is noted. */
const run = (typed: Omit<Parameters<typeof userCommand>[0], 'terminal'>, path = process.env.PATH) =>
  spawnSync('/bin/sh', ['-c', userCommand({ ...typed, terminal }).script], {
    encoding: 'utf8',
    env: { PATH: path, SHELL: '/bin/false', DRYDOCK_TERMINAL: join(folder, 'terminal') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })

describe('a command at a terminal', () => {
  it('is one word for script(1), after all that it runs in', () =>
    expectScript(userCommand({ text: "echo 'it''s'", cwd: '/srv', env: { A: 'b' }, terminal }), 'terminal'))

  it('where there is no script(1) says so, and nothing of it is run', () => {
    const { status, stdout, stderr } = run({ text: 'echo run' }, folder)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain('a terminal needs script(1)')
  })

  it.runIf(canBeHad).each([
    ['stty size; echo "$TERM"; echo error >&2; exit 7', 7, '40 120\r\nxterm-256color\r\nerror\r\n'],
    [`printf '%s' "it's" '$x' '\`id\`' '\\\\'`, 0, "it's$x`id`\\\\"],
    ['read line || echo ended', 0, 'ended\r\n'],
    ['kill -KILL $$', 137, ''],
  ])('%j has its size, its words, its exit status', (text, status, stdout) => {
    expect(run({ text })).toMatchObject({ status, stdout, stderr: '' })
  })

  it.runIf(canBeHad)('notes its session, of which it is the first process', () => {
    const { stdout } = run({ text: 'echo $$' })
    expect(readFileSync(join(folder, 'terminal'), 'utf8').trim()).toBe(stdout.trim())
  })

  it.runIf(canBeHad)('has what it is told in its variables, and reads what it is given', () => {
    const typed = { text: 'cat; echo "$TERM $A"', stdin: 'given\n', env: { TERM: 'dumb', A: "it's" } }
    expect(run(typed).stdout).toBe("given\r\ndumb it's\r\n")
  })
})

describe('the guard', () => {
  const server = { name: 'web-1', services: ['nginx'], serviceDependencies: {}, environment: 'production' } as const
  const rated = (command: string) => {
    const { verdict, risk, phrase, affectedItems } = assess({
      command,
      device: 'ubuntu',
      environment: 'production',
      server,
    })
    return { verdict, risk, phrase, affectedItems }
  }

  it.each([
    'uptime',
    'ls -l /etc | tail -3',
    "grep -r 'rm -rf /' /var/log",
    'rm -rf /etc',
    'sh -c \'rm -rf "/$X"\'',
    'for d in etc usr; do rm -rf "/$d"; done',
    'systemctl reboot',
    'dd if=/dev/zero of=/dev/sda',
    'docker stop $(docker ps -q)',
    'userdel app; iptables -F',
    "cat <<'E' | sh\nmkfs.ext4 /dev/sda1\nE",
    'echo cm0gLXJmIC8= | base64 -d | sh',
  ])('makes of %j what it makes of it without a terminal', (text) => {
    expect(rated(userCommand({ text, terminal }).script)).toEqual(rated(userCommand({ text }).script))
  })
})
