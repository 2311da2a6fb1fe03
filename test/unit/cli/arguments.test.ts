import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { operationId, run } from './memory.ts'

const folder = mkdtempSync(join(tmpdir(), 'drydock-cli-'))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const publicKey = file('id.pub', 'ssh-ed25519 AAAA ada\n')
const noKey = file('notes', 'hello\n')
const key = file('id', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n')
const list = file('list.yaml', '- a\n')

/** Words, then what the message must name: the field, and what is expected. */
const wrong: [words: string[], field: string, expectation: string][] = [
  [['server', 'add', 'Web', 'h.example', '--agent'], 'name', 'lower-case letters'],
  [['server', 'add', 'web', 'root@h', '--agent'], 'host', 'a DNS name or an IP address'],
  [['server', 'add', 'web', '192.0.2.7:22', '--agent'], 'host', 'a DNS name or an IP address'],
  [['server', 'add', 'web', 'cafe:22', '--agent'], 'host', 'a DNS name or an IP address'],
  [['server', 'add', 'web'], 'host', 'missing required argument'],
  [['server', 'add', 'web', 'h', '--agent', '--port', '70000'], '--port', 'from 1 to 65535'],
  [['server', 'add', 'web', 'h', '--agent', '--user', 'Bad User'], '--user', 'lower-case letter'],
  [['server', 'add', 'web', 'h', '--agent', '--host-key', 'MD5:aa'], '--host-key', 'SHA256:'],
  [['server', 'add', 'web', 'h', '--agent', '--environment', 'prod'], '--environment', 'one of production, staging'],
  [['server', 'add', 'web', 'h', '--agent', '--device-type', 'mac'], '--device-type', 'one of unraid, ubuntu'],
  [['server', 'add', 'web', 'h', '--agent', '--tag', 'A B'], '--tag', 'a tag'],
  [['server', 'add', 'web', 'h', '--agent', '--jump', 'a b@x'], '--jump', '[user@]host[:port]'],
  [['server', 'add', 'web', 'h', '--agent', '--jump', 'gate:99999'], '--jump', '[user@]host[:port]'],
  [['server', 'add', 'web', 'h'], 'How to log in', '--key PATH'],
  [['server', 'add', 'web', 'h', '--agent', '--key', key], '--key and --agent', 'expected one of'],
  [['server', 'add', 'web', 'h', '--key', publicKey], '--key', 'expected the private key'],
  [['server', 'add', 'web', 'h', '--key', noKey], '--key', 'PRIVATE KEY'],
  [['server', 'add', 'web', 'h', '--key', join(folder, 'none')], '--key', 'expected the file of a private key'],
  [['server', 'add', 'web', 'h', '--key', folder], '--key', 'is a directory'],
  [['server', 'add', 'web', 'h', '--key-on-worker', 'id'], '--key-on-worker', 'an absolute path'],
  [['server', 'add', 'web', 'h', '--password-fd', '199'], 'file descriptor 199', 'Open it in the shell'],
  [['server', 'add', 'n'.repeat(62), 'h', '--key', key], 'n'.repeat(62), 'at most 59 characters'],
  [['server', 'show', '../x'], 'server', "a server's name"],
  [['server', 'remove', 'web'], 'terminal', 'expected --yes'],
  [['setup', 'web', '--package', 'a b'], '--package', 'letters, digits'],
  [['setup', 'web', '--authorized-key', 'nonsense'], '--authorized-key', 'a public key line'],
  [['setup', 'web', '--user', 'A'], '--user', 'lower-case letter'],
  [['setup', 'web', '--file', list], '--file', 'expected keys'],
  [['setup', 'web', '--file', join(folder, 'none')], '--file', 'cannot be read'],
  [['run', 'web'], 'command', 'expected a command'],
  [['run', 'web', '--', ''], 'command', 'expected a command'],
  [['run', 'web', '--timeout', '5', '--', 'id'], '--timeout', 'a duration'],
  [['run', 'web', '--timeout', '0s', '--', 'id'], '--timeout', 'a duration'],
  [['run', 'web', '--cwd', 'tmp', '--', 'id'], '--cwd', 'an absolute path'],
  [['run', 'web', '--env', 'X', '--', 'id'], '--env', 'NAME=VALUE'],
  [['run', 'web', '--env', 'DRYDOCK_RUN=1', '--', 'id'], '--env', 'not one of DRYDOCK_*'],
  [['run', 'web', '--secret', 'X=No Name', '--', 'id'], '--secret', 'lower-case letters'],
  [['operation', 'show', '12'], 'operation', 'the id of an operation'],
  [['operation', 'list', '--state', 'done'], '--state', 'one of waiting, running'],
  [['operation', 'list', '--limit', '0'], '--limit', 'from 1 to 200'],
  [['approve', 'x'], 'operation', 'the id of an operation'],
  [['token', 'create', 'ada', '--role', 'king'], '--role', 'one of viewer, operator, approver, admin'],
  [['token', 'create', 'ada'], '--role', 'not specified'],
  [['secret', 'set', 'No'], 'name', 'lower-case letters'],
  [['secret', 'set', 'empty'], 'value of empty', 'pipe it in'],
  [['audit-trail', '--from', 'yesterday'], '--from', '2026-01-31T12:00:00Z'],
  [['servre', 'list'], 'servre', 'Did you mean server?'],
  [['server', 'lst'], 'lst', 'Did you mean list?'],
  [['setup', 'web', '--dry-rum'], '--dry-rum', 'Did you mean --dry-run?'],
]

const answersWithHtml: typeof fetch = async () =>
  new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } })

describe('bad input names the field and what is expected, exits 2, and asks nothing of the API', () => {
  test.each(wrong)('%j', async (words, field, expectation) => {
    const { code, stdout, stderr } = await run(words)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(field)
    expect(stderr).toContain(expectation)
    expect(stderr).not.toContain('request was made')
  })

  test.each([[[]], [['server']], [['operation']]])('of the nouns, %j alone answers with its verbs', async (words) => {
    const { code, stdout, stderr } = await run(words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Commands:')
    expect(stderr).not.toContain('error:')
  })

  test('as JSON with --json, on standard error', async () => {
    const { code, stdout, stderr } = await run(['operation', 'show', '12', '--json'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(JSON.parse(stderr)).toMatchObject({ code: 'USAGE', exit_code: 2 })
  })

  test('--json after "--" belongs to the command', async () => {
    const { stderr } = await run(['run', 'web', '--cwd', 'tmp', '--', 'ls', '--json'])
    expect(stderr).toMatch(/^error: /)
  })
})

describe('without an API', () => {
  test('says what to start', async () => {
    const env = { DRYDOCK_URL: '', DRYDOCK_TOKEN: '', DRYDOCK_HOME: join(folder, 'nowhere') }
    const { code, stderr } = await run(['server', 'list'], { env })
    expect(code).toBe(1)
    expect(stderr).toContain('no local stack runs')
    expect(stderr).toContain('drydock up')
  })

  test('an address at which nobody answers is named', async () => {
    const { code, stderr } = await run(['server', 'list'], { env: { DRYDOCK_URL: 'http://127.0.0.1:9' }, fetch })
    expect(code).toBe(1)
    expect(stderr).toContain('http://127.0.0.1:9 does not answer')
  })

  test('an address at which something else answers is said to be no Drydock', async () => {
    const { code, stderr } = await run(['server', 'list'], { fetch: answersWithHtml })
    expect(code).toBe(1)
    expect(stderr).toContain('What answers at http://drydock.test is no Drydock API')
  })

  test('a URL without a token, and one that is none, are usage errors', async () => {
    expect(await run(['pool'], { env: { DRYDOCK_TOKEN: '' } })).toMatchObject({ code: 2 })
    expect(await run(['pool'], { env: { DRYDOCK_URL: 'localhost:9101' } })).toMatchObject({ code: 2 })
  })

  test('the local stack is found by what it wrote down', async () => {
    const home = mkdtempSync(join(tmpdir(), 'drydock-home-'))
    mkdirSync(join(home, 'run'))
    writeFileSync(join(home, 'token'), 'dd_local\n')
    const local = { url: 'http://local.test', token_path: join(home, 'token'), temporal_ui_url: null }
    writeFileSync(join(home, 'run', 'local.json'), JSON.stringify(local))
    const asked: [unknown, string | null][] = []
    const answer: typeof fetch = async (url, init) => {
      asked.push([url, new Headers(init?.headers).get('authorization')])
      return Response.json({ operation: { id: operationId } })
    }
    await run(['pool', '--json'], { env: { DRYDOCK_URL: '', DRYDOCK_TOKEN: '', DRYDOCK_HOME: home }, fetch: answer })
    expect(asked).toEqual([['http://local.test/v1/pool', 'Bearer dd_local']])
  })
})
