import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { install, type Installation, type Operation, until } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'
import { answers, files, findMarks, histories, tables, watchProcesses } from '../support/places.ts'

const mark = (name: string) => `mark-${name}-${randomBytes(12).toString('hex')}`
const passphrase = mark('passphrase')
const folder = mkdtempSync(join(tmpdir(), 'drydock-secrets-'))
const keyPath = join(folder, 'key')
execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', 'app', '-f', keyPath])
const key = readFileSync(keyPath, 'utf8')
const secrets = { stored: mark('stored'), env: mark('env'), file: mark('file'), command: mark('command') }
const marks = {
  ...secrets,
  passphrase,
  key: key.split('\n')[2] ?? '',
  login: mark('login'),
  wrong: mark('wrong'),
}

const host = useHost({ name: 'secrets' })
let drydock: Installation
let server: { id: string; name: string }
let broken: { id: string; name: string }
const done: Operation[] = []

/** A person who logs in with a password, and for whom sudo asks for it. */
const preparePerson = () =>
  host().sh(`
    useradd -m deploy && printf 'deploy:%s\\n' '${marks.login}' | chpasswd &&
    printf 'deploy ALL=(ALL:ALL) ALL\\n' > /etc/sudoers.d/deploy &&
    printf 'PasswordAuthentication yes\\n' > /etc/ssh/sshd_config.d/00-password.conf && systemctl reload ssh`)

const references = () => {
  writeFileSync(join(folder, 'secret'), secrets.file, { mode: 0o600 })
  writeFileSync(join(folder, 'print'), `#!/bin/sh\necho ${secrets.command}\n`)
  chmodSync(join(folder, 'print'), 0o700)
  return {
    STORED: { kind: 'stored', name: 'stored' },
    ENV: { kind: 'env', variable: 'A_TEST_SECRET' },
    FILE: { kind: 'file', path: join(folder, 'secret') },
    COMMAND: { kind: 'command', argv: [join(folder, 'print')] },
  }
}

beforeAll(async () => {
  process.env.A_TEST_SECRET = secrets.env // the worker inherits it
  expect(await preparePerson()).toMatchObject({ exitCode: 0 })
  drydock = await install()
  for (const [name, value] of Object.entries({ ...marks, key })) {
    const put = await drydock.ask('PUT', `/v1/secrets/${name}`, { value })
    expect(put.status).toBe(200)
  }
  await drydock.startWorker()
  const login = { method: 'password', password: { kind: 'stored', name: 'login' } }
  const root = { user: 'deploy', authentication: login, sudo_password: { kind: 'stored', name: 'login' } }
  const byKey = {
    method: 'key',
    key: { kind: 'stored', name: 'key' },
    passphrase: { kind: 'stored', name: 'passphrase' },
  }
  server = await drydock.register(host(), { root, app: { user: 'app', authentication: byKey } })
  const wrong = { method: 'password', password: { kind: 'stored', name: 'wrong' } }
  broken = await drydock.register(host(), { root: { user: 'deploy', authentication: wrong } })
})
afterAll(async () => {
  delete process.env.A_TEST_SECRET
  rmSync(folder, { recursive: true })
  await drydock.close()
})

const run = async (body: Record<string, unknown>) => {
  const operation = await drydock.finish('POST', `/v1/servers/${server.name}/commands`, body, 'admin')
  done.push(operation)
  return operation
}
const outputOf = ({ id }: Operation) => drydock.read(`/v1/operations/${id}/output`)
const hashes = Object.values(secrets).map((value) => createHash('sha256').update(value).digest('hex'))
const hashAll = 'for v in "$STORED" "$ENV" "$FILE" "$COMMAND"; do printf %s "$v" | sha256sum; done'

describe('secrets', () => {
  let processes: ReturnType<typeof watchProcesses>
  beforeAll(() => {
    processes = watchProcesses(host())
  })

  test('log in with a password, run sudo with it, and open a key with its passphrase', async () => {
    const setup = await drydock.finish('POST', `/v1/servers/${server.name}/setups`, { packages: [] })
    done.push(setup)
    expect(setup.result).toMatchObject({ state: 'succeeded' })
    expect((await run({ command: 'id -un' })).result).toMatchObject({ exit_code: 0 })
    const refused = await drydock.finish('POST', `/v1/servers/${broken.name}/commands`, { command: 'touch x' })
    done.push(refused)
    expect(refused.result).toMatchObject({ state: 'failed', problem: { code: 'AUTH_FAILED' } })
  })

  test('reach the command that asks for them, as the application user and as root', async () => {
    for (const as_root of [false, true]) {
      const operation = await run({ command: hashAll, as_root, secrets: references() })
      expect(operation.result).toMatchObject({ state: 'succeeded' })
      expect((await outputOf(operation)).match(/[0-9a-f]{64}/g)).toEqual(hashes)
    }
  })

  test('are asterisks in the output of a command that prints them, in its failure and after its time limit', async () => {
    const printed = await run({ command: 'echo "it is $STORED." "$FILE"', secrets: references() })
    expect(await outputOf(printed)).toBe(
      `it is ${'*'.repeat(secrets.stored.length)}. ${'*'.repeat(secrets.file.length)}\n`,
    )
    const inTwo = 'printf %.9s "$ENV"; sleep 0.3; printf %s "${ENV#?????????}"'
    expect(await outputOf(await run({ command: inTwo, secrets: references() }))).toBe('*'.repeat(secrets.env.length))
    const failing = 'set -x; printf "no such token: %s\\n" "$COMMAND" >&2; exit 3'
    const failed = await run({ command: failing, secrets: references() })
    expect(failed.result).toMatchObject({ state: 'failed', message: expect.stringContaining('no such token: ****') })
    const slow = await run({ command: 'echo $ENV; sleep 60', timeout_ms: 1_500, secrets: references() })
    expect(slow.result).toMatchObject({ state: 'failed', message: expect.stringContaining('its limit') })
    const login = await run({ command: `printf '%s %s' ${marks.login.slice(0, 8)} "$X"`, secrets: { X: { kind: 'stored', name: 'login' } } }) // biome-ignore format: one call
    expect(await outputOf(login)).toBe(`${marks.login.slice(0, 8)} ${'*'.repeat(marks.login.length)}`)
  })

  test('that cannot be had fail the command by name, before the host is touched', async () => {
    const missing = await run({ command: 'touch /tmp/touched', secrets: { X: { kind: 'env', variable: 'NOWHERE' } } })
    expect(missing.result).toMatchObject({ state: 'failed', message: expect.stringContaining('NOWHERE') })
    expect((await host().sh('ls /tmp/touched')).exitCode).not.toBe(0)
  })

  test('were in no command line of the host, and in no environment but those of the commands that asked for them', async () => {
    const seen = await processes.stop()
    const own = seen.filter((line) => line.includes('DRYDOCK_RUN='))
    expect(
      own.some((line) => line.includes(secrets.stored)),
      'the watch sees environments',
    ).toBe(true)
    const { login, passphrase: phrase, key: line, wrong } = marks
    const leaks = seen.flatMap((process) => {
      const [pid = '', words = '', environment = ''] = process.split('\x1f')
      const forbidden = environment.includes('DRYDOCK_RUN=') ? { login: `SUDO=${login}`, phrase, line, wrong } : marks
      return [...findMarks(marks, words, `words of ${pid}: ${words}`), ...findMarks(forbidden, environment, `environment of ${words}`)] // biome-ignore format: a list
    })
    expect(leaks).toEqual([])
  })

  test('stand in no history, log line, answer, file, or row of the database', async () => {
    const operations = done.map(({ id }) => id)
    const places = [
      ...(await histories(drydock)),
      ...(await tables(drydock)),
      ...(await answers(drydock, { servers: [server.name, broken.name], operations })),
      ...files(drydock.folder),
    ]
    expect(places.length).toBeGreaterThan(60)
    for (const operation of done) expect(places.map(([place]) => place)).toContain(operation.workflow_id)
    expect(places.flatMap(([place, text]) => findMarks(marks, text, place))).toEqual([])
    // The looking itself works: what may be known is found in each kind of place.
    const known = places.filter(([, text]) => text.includes(server.name)).map(([place]) => place)
    for (const kind of [/^command\//, /servers$/, /^GET \/v1\/operations\//, /worker\.log$/])
      expect(
        known.some((place) => kind.test(place)),
        String(kind),
      ).toBe(true)
  })

  test('lie in no file of the host once its run directories are swept', async () => {
    const patterns = Object.values(marks).join('\n')
    const search = `printf '%s' '${patterns}' | grep -rlaF -f - --exclude-dir=proc --exclude-dir=sys / 2>/dev/null`
    const found = async () => (await host().sh(search)).stdout.split('\n').filter((path) => path !== '')
    // What a command itself wrote lies in its run directory until then, for its user alone.
    expect((await found()).filter((path) => !/\/runs\/[^/]+\/(out|err)$/.test(path))).toEqual([])
    await until(async () => ((await found()).length === 0 ? true : null))
  })
})
