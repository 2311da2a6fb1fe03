import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { install, type Installation, until } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'

const host = useHost({ name: 'session' })
let drydock: Installation
let server: string
beforeAll(async () => {
  drydock = await install()
  await drydock.startWorker()
})
beforeEach(async () => {
  server = (await drydock.register(host())).name
})
afterAll(() => drydock.close())

const commands = () => `/v1/servers/${server}/commands`
const sessions = () => `/v1/servers/${server}/sessions`
const terminal = { columns: 120, rows: 40, term: 'xterm-256color' }

async function ran(body: Record<string, unknown>, on: Installation = drydock) {
  const { id, result } = await on.finish('POST', commands(), body)
  return { state: result?.state, message: result?.message, exitCode: result?.exit_code, ...(await outputOf(id, on)) }
}

async function outputOf(id: string, on: Installation = drydock) {
  const run = (await on.store.runs.ofOperation(id))[0]
  const { stdout, stderr } = await on.store.outputs.result(run?.id ?? '', 65_536)
  return { stdout, stderr }
}

const send = (id: string, signal: string) => drydock.ask('POST', `/v1/operations/${id}/signals`, { signal }, 'operator')
const endOf = async (id: string, on: Installation = drydock) => (await on.ended(id, 60_000)).result
const onHost = (condition: string) => until(async () => ((await host().sh(condition)).exitCode === 0 ? true : null))
const gone = (what: string) => onHost(`! pgrep -f '${what}'`)
const noticesOf = async (id: string): Promise<string[]> =>
  (await drydock.store.events.after({ operationId: id, seq: 0, limit: 200 }))
    .filter(({ type }) => type === 'notice')
    .map(({ message }) => message)

test('a session keeps directory, variables, secrets and terminal from one command to the next, and no process between them', async () => {
  await drydock.ask('PUT', '/v1/secrets/session-secret', { value: 'drydock-secret-value' })
  await host().sh("mkdir -p '/srv/it is here'")
  const opened = await drydock.ask('POST', sessions(), {
    name: 'deploy',
    cwd: '/srv/it is here',
    env: { STAGE: "it's $HOME" },
    secrets: { KEY: { kind: 'stored', name: 'session-secret' } },
    terminal,
  })
  expect(opened.status).toBe(201)
  const look = 'pwd; printf "%s\\n" "$STAGE" "${#KEY}" "$TERM"; stty size; tty >/dev/null && echo terminal'
  const said = "/srv/it is here\r\nit's $HOME\r\n20\r\nxterm-256color\r\n40 120\r\nterminal\r\n"
  for (const more of ['', '; export STAGE=lost; cd /']) {
    expect(await ran({ command: look + more, session: 'deploy' })).toMatchObject({ state: 'succeeded', stdout: said })
  }
  expect(
    await ran({ command: 'pwd; echo "$STAGE"', session: 'deploy', cwd: '/', env: { STAGE: 'own' }, terminal: null }),
  ).toMatchObject({ stdout: '/\nown\n' })
  await gone('script -[q]')
})

describe('a command at a terminal', () => {
  test.each([
    [
      'tty; stty size; echo error >&2; exit 7',
      { exitCode: 7, stderr: '', stdout: /^\/dev\/pts\/\d+\r\n40 120\r\nerror\r\n$/ },
    ],
    ['kill -TERM $$', { exitCode: 143, stderr: '', stdout: /^$/ }],
    ['cat; echo "read $?"', { exitCode: 0, stderr: '', stdout: /^read 0\r\n$/ }],
    ["printf '%s' \"it's \\$x\"", { exitCode: 0, stderr: '', stdout: /^it's \$x$/ }],
  ])('%j keeps its streams, its exit status and its words', async (command, { stdout, ...wanted }) => {
    const seen = await ran({ command, terminal })
    expect(seen).toMatchObject(wanted)
    expect(seen.stdout).toMatch(stdout)
    if (wanted.exitCode === 7) expect(seen.message).toMatch(/Exit status 7 .*\nerror$|Exit status 7 .*error/s)
  })

  test('reads what it is given, and a script is run by its interpreter', async () => {
    const given = { command: 'cat; tty </dev/tty; test -t 1 && echo shown', stdin: 'a $b\n', terminal }
    expect((await ran(given)).stdout).toMatch(/^a \$b\r\n\/dev\/(tty|pts\/\d+)\r\nshown\r\n$/)
    const script = { interpreter: 'perl', args: ["it's"] }
    const asked = { command: 'print "$ARGV[0] ", (-t STDOUT ? "shown" : "piped"), "\\n"', script, terminal }
    expect((await ran(asked)).stdout).toBe("it's shown\r\n")
    const long = { command: `wc -c # ${'x'.repeat(29_000)}`, stdin: `${'y'.repeat(34_900)}\n`, terminal }
    expect((await ran(long)).stdout.trim()).toBe('34901')
  })

  test('that destroys asks for a person, as it does without one', async () => {
    await drydock.ask('POST', sessions(), { name: 'asking', terminal })
    const { id } = await drydock.start('POST', commands(), { command: 'rm -rf /etc', session: 'asking' })
    const asked = await until(() => drydock.store.approvals.forOperation(id))
    expect(asked.assessment).toMatchObject({ risk: 'critical', phrase: 'yes, delete everything in /etc' })
    expect(asked.subject.shown).toContain('at a terminal (xterm-256color) of 120 columns and 40 rows')
    await drydock.ask('POST', `/v1/operations/${id}/approval`, { decision: 'reject' })
    expect((await endOf(id)).state).toBe('refused')
    expect((await host().sh('test -e /etc/passwd')).exitCode).toBe(0)
  })

  test('is ended with all that it started, at its limit and on request', async () => {
    const command = 'nohup env -i sh -c \'trap "" TERM HUP; sleep 300.25\' & sleep 300.25'
    const limited = await ran({ command, terminal, timeout_ms: 1_500 })
    expect(limited).toMatchObject({ state: 'failed', message: expect.stringContaining('its limit') })
    await gone('sleep 300.2[5]$')
    const { id } = await drydock.start('POST', commands(), { command: 'env -i sleep 300.5; true', terminal })
    await onHost('pgrep -f "sleep 300.[5]$"')
    await drydock.ask('POST', `/v1/operations/${id}/cancellation`, {}, 'operator')
    expect((await endOf(id)).state).toBe('cancelled')
    await gone('sleep 300.[5]$')
  })

  test('where the host has no script(1) is refused by its name, before anything of it', async () => {
    await host().sh('mv /usr/bin/script /usr/bin/script.away')
    try {
      const seen = await ran({ command: 'touch /root/too-late', terminal })
      expect(seen).toMatchObject({ state: 'failed', message: expect.stringContaining('needs script(1) of util-linux') })
      expect((await host().sh('test -e /root/too-late')).exitCode).not.toBe(0)
    } finally {
      await host().sh('mv /usr/bin/script.away /usr/bin/script')
    }
  })

  test('is found again by the next worker where one is killed in the middle of it, and ran once', async () => {
    const own = await install()
    try {
      server = (await own.register(host())).name
      const first = await own.startWorker()
      const command = 'echo begun >>/root/once; for i in 1 2 3 4 5 6; do echo line $i; sleep 0.5; done; tty; exit 3'
      const { id } = await own.start('POST', commands(), { command, terminal })
      await onHost('grep -q begun /root/once')
      await first.kill9()
      await own.startWorker()
      expect(await endOf(id, own)).toMatchObject({ state: 'failed', exit_code: 3 })
      expect((await host().sh('cat /root/once')).stdout).toBe('begun\n')
      const { stdout } = await outputOf(id, own)
      expect(stdout).toMatch(/^(line \d\r\n){6}\/dev\/pts\/\d+\r\n$/)
    } finally {
      await own.close()
    }
  })
})

describe.each([
  ['without a terminal', {}],
  ['at a terminal', { terminal }],
])('a signal for a command %s', (_, more) => {
  const trapping = 'trap "echo caught" TERM; echo $$ >/root/ready; while :; do sleep 0.1; done'
  const start = async (command: string) => {
    await host().sh('rm -f /root/ready')
    const { id } = await drydock.start('POST', commands(), { command, ...more })
    await onHost('test -s /root/ready')
    return id
  }

  test('TERM that it handles is not its end, and KILL is; the operation tells which', async () => {
    const id = await start(trapping)
    expect((await send(id, 'TERM')).status).toBe(202)
    await until(async () => ((await outputOf(id)).stdout.includes('caught') ? true : null))
    // Longer than timeout(1) would wait before it kills.
    await onHost('test $(ps -o etimes= -p $(cat /root/ready)) -ge 7')
    expect(await drydock.operation(id)).toMatchObject({ state: 'running', result: null })
    expect((await send(id, 'KILL')).status).toBe(202)
    expect(await endOf(id)).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/^Ended on .* by signal SIGKILL\.$/),
    })
    expect(await noticesOf(id)).toEqual([
      expect.stringMatching(/^test-operator sent TERM on .* process(es)? took it\.$/),
      expect.stringMatching(/^test-operator sent KILL on .* process(es)? took it\.$/),
    ])
    await onHost('! kill -0 $(cat /root/ready)')
    expect((await send(id, 'TERM')).status).toBe(409)
  })

  test('TERM that it does not handle ends it, and the operation says so', async () => {
    const id = await start('echo $$ >/root/ready; sleep 300.75')
    await send(id, 'TERM')
    expect(await endOf(id)).toMatchObject({ state: 'failed', message: expect.stringMatching(/by signal SIGTERM\.$/) })
    await gone('sleep 300.7[5]$')
  })

  test('TERM that it answers by ending well is a success', async () => {
    const id = await start('trap "exit 0" TERM; echo $$ >/root/ready; while :; do sleep 0.1; done')
    await send(id, 'TERM')
    expect(await endOf(id)).toMatchObject({ state: 'succeeded' })
  })
})

test('closing a session ends what runs in it on the host, and takes no more', async () => {
  await drydock.ask('POST', sessions(), { name: 'batch' })
  const { id } = await drydock.start('POST', commands(), { command: 'sleep 301', session: 'batch' })
  await onHost('pgrep -f "sleep 30[1]$"')
  const closed = await drydock.ask('DELETE', `${sessions()}/batch`, undefined, 'operator')
  expect(closed.body).toMatchObject({ session: { state: 'closed' }, cancelled: [id] })
  expect((await endOf(id)).state).toBe('cancelled')
  await gone('sleep 30[1]$')
  expect((await drydock.ask('POST', commands(), { command: 'true', session: 'batch' }, 'operator')).status).toBe(409)
})
