import { describe, expect, test } from 'vitest'
import { runCli } from '../../../cli/program.ts'
import { at, details, ended, fakeApi, inMemory, operation, operationId, run, state, step } from './memory.ts'

const story = [
  state('running'),
  step('running', 'Make the user app'),
  step('completed', 'Make the user app', { data: { state: 'applied' }, duration_ms: 1_200, percentage: 100 }),
  state('succeeded'),
]

describe('setup', () => {
  const start = { 'POST /v1/servers/web-1/setups': () => ({ status: 202, body: { operation: operation() } }) }

  test('shows each step in a pipe as a plain line and ends with 0', async () => {
    const api = fakeApi({
      ...start,
      [`GET ${at}/events`]: () => ({ sse: story }),
      [`GET ${at}`]: () => details(ended('succeeded')),
    })
    const { code, stdout } = await run(['setup', 'web-1'], api)
    expect(code).toBe(0)
    expect(stdout).toContain('✓ Make the user app (1.2 s)\n')
    expect(stdout).toContain('Setup on web-1: succeeded after 4.0 s')
    expect(stdout).not.toContain('\u001b')
  })

  test('with --json gives one document on standard output and nothing else', async () => {
    const api = fakeApi({
      ...start,
      [`GET ${at}/events`]: () => ({ sse: story }),
      [`GET ${at}`]: () => details(ended('unchanged')),
    })
    const { code, stdout } = await run(['setup', 'web-1', '--json'], api)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ operation: { id: operationId, state: 'unchanged' } })
  })

  test('goes on after the last event where the stream was cut, and where the API restarts', async () => {
    const resumedAfter: (string | null)[] = []
    const api = fakeApi({
      ...start,
      [`GET ${at}/events`]: ({ nth, headers }) => {
        resumedAfter.push(headers.get('last-event-id'))
        if (nth === 0) return { sse: story.slice(0, 2), cut: true }
        if (nth === 1) return { status: 503, body: { error: 'starting', code: 'SERVICE_UNAVAILABLE', retryable: true } }
        return { sse: story.slice(2) }
      },
      [`GET ${at}`]: () => details(ended('succeeded')),
    })
    const { code, stdout } = await run(['setup', 'web-1'], api)
    expect(code).toBe(0)
    expect(resumedAfter).toEqual([null, String(story[1]?.seq), String(story[1]?.seq)])
    expect(stdout).toContain('the API is back')
    expect(stdout.match(/✓ Make the user app/g)).toHaveLength(1)
  })

  test('a stream that closes without an end is opened again until the operation has ended', async () => {
    const api = fakeApi({
      ...start,
      [`GET ${at}/events`]: ({ nth }) => ({ sse: nth === 0 ? story.slice(0, 3) : story.slice(3) }),
      [`GET ${at}`]: ({ nth }) => details(nth === 0 ? operation() : ended('succeeded')),
    })
    expect(await run(['setup', 'web-1'], api)).toMatchObject({ code: 0 })
    expect(api.calls.filter((call) => call.route === `GET ${at}/events`)).toHaveLength(2)
  })

  test('says why it failed, what to do and how to resume, and exits 1', async () => {
    const problem = {
      code: 'RETRYABLE',
      message: 'web-1 has no room left.',
      details: 'df: full',
      suggestions: ['Free space.'],
    }
    const result = { state: 'rolled_back', message: 'A step failed.', problem }
    const api = fakeApi({
      ...start,
      [`GET ${at}/events`]: () => ({
        sse: [
          step('running', 'Packages'),
          step('error', 'no room', { data: { state: 'failed' } }),
          state('rolled_back'),
        ],
      }),
      [`GET ${at}`]: () => details(ended('rolled_back', { result })),
    })
    const { code, stdout } = await run(['setup', 'web-1'], api)
    expect(code).toBe(1)
    for (const part of [
      '✗ Packages (failed)',
      'no room',
      'web-1 has no room left.',
      '| df: full',
      '→ Free space.',
      `operation resume ${operationId}`,
    ]) {
      expect(stdout).toContain(part)
    }
  })

  test.each([
    ['unknown', 4],
    ['refused', 3],
    ['cancelled', 1],
  ])('an end as %s exits %i', async (end, expected) => {
    const api = fakeApi({
      ...start,
      [`GET ${at}/events`]: () => ({ sse: [state(end)] }),
      [`GET ${at}`]: () => details(ended(end)),
    })
    expect(await run(['setup', 'web-1'], api)).toMatchObject({ code: expected })
  })

  test('waiting names its reason', async () => {
    const waits = state('waiting', { reason: 'server_lock', detail: 'Set up web-1 (ada)' })
    const api = fakeApi({
      ...start,
      [`GET ${at}/events`]: () => ({ sse: [waits, state('succeeded')] }),
      [`GET ${at}`]: () => details(ended('succeeded')),
    })
    const { stdout } = await run(['setup', 'web-1'], api)
    expect(stdout).toContain('waits for its turn on the server: Set up web-1 (ada)')
  })

  test('--dry-run shows the changes of each file as a diff and asks for a dry run', async () => {
    const file = {
      path: '/etc/sudoers.d/app',
      before: null,
      after: 'app ALL=(ALL) NOPASSWD: ALL\n',
      mode: '440',
      owner: 'root',
    }
    const steps = [
      { id: 'a', title: 'Make the user', already_so: 'the user is there', commands: [], file: null },
      { id: 'b', title: 'Allow sudo', already_so: null, commands: [], file },
    ]
    const api = fakeApi({
      ...start,
      [`GET ${at}/events`]: () => ({ sse: [state('succeeded')] }),
      [`GET ${at}`]: () =>
        details(ended('succeeded', { kind: 'preview' }), { plan: { id: 'p', hash: 'h', warnings: [], steps } }),
    })
    const { stdout } = await run(['setup', 'web-1', '--dry-run'], { ...api, env: { FORCE_COLOR: '1' } })
    expect(api.calls[0]?.body).toMatchObject({ dry_run: true })
    expect(stdout).toContain('\u001b[32m+app ALL=(ALL) NOPASSWD: ALL')
    expect(stdout).toContain('mode 440, owner root')
    expect(stdout).toContain('1 steps to apply, 1 already so')
    const plain = await run(['setup', 'web-1', '--dry-run'], { ...api, env: { FORCE_COLOR: '1', NO_COLOR: '1' } })
    expect(plain.stdout).not.toContain('\u001b')
  })
})

const until = async (holds: () => boolean) => {
  for (const deadline = Date.now() + 5_000; !holds(); await new Promise((resolve) => setTimeout(resolve, 5))) {
    if (Date.now() > deadline) throw new Error('it did not come to pass')
  }
}

describe('Ctrl-C while following', () => {
  const open = {
    [`GET ${at}/events`]: ({ nth }: { nth: number }) => (nth === 0 ? { sse: [state('running')] } : { sse: [] }),
    [`GET ${at}`]: () => details(operation()),
    [`POST ${at}/cancellation`]: () => ({ status: 202, body: { operation: operation() } }),
  }
  test('once leaves the operation alone after 3 s and exits 130; nothing is cancelled', async () => {
    const api = fakeApi(open)
    const memory = inMemory(api)
    const running = runCli(['operation', 'follow', operationId], memory.around)
    await until(() => api.calls.length > 0)
    memory.interrupt()
    expect(await running).toBe(130)
    expect(memory.stderr()).toContain(`drydock operation follow ${operationId}`)
    expect(api.calls.some((call) => call.route.includes('cancellation'))).toBe(false)
  })

  test('twice asks for its cancellation, stays until its end and exits 130', async () => {
    let cancelled = false
    const api = fakeApi({
      ...open,
      [`POST ${at}/cancellation`]: () => {
        cancelled = true
        return { status: 202, body: { operation: operation() } }
      },
      [`GET ${at}/events`]: () => ({ sse: cancelled ? [state('cancelled')] : [] }),
      [`GET ${at}`]: () => details(cancelled ? ended('cancelled') : operation()),
    })
    const memory = inMemory(api)
    const running = runCli(['operation', 'follow', operationId], memory.around)
    await until(() => api.calls.length > 0)
    memory.interrupt()
    memory.interrupt()
    expect(await running).toBe(130)
    expect(memory.stdout()).toContain('cancelled')
  })
})

test('following with --json gives the events as JSON lines and the operation as the last', async () => {
  const api = fakeApi({
    [`GET ${at}/events`]: () => ({ sse: story }),
    [`GET ${at}`]: () => details(ended('succeeded')),
  })
  const { code, stdout } = await run(['operation', 'follow', operationId, '--json'], api)
  expect(code).toBe(0)
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
  expect(lines).toHaveLength(5)
  expect(lines.at(-1)).toMatchObject({ operation: { state: 'succeeded' } })
})
