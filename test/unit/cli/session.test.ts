import { describe, expect, test } from 'vitest'
import { at, fakeApi, operation, operationId, run } from './memory.ts'

const path = '/v1/servers/web-1/sessions'
const session = (change: object = {}) => ({
  id: operationId,
  name: 'deploy',
  server: { id: operationId, name: 'web-1' },
  state: 'open',
  as_root: false,
  cwd: '/srv',
  env: { STAGE: 'blue' },
  secrets: { KEY: { kind: 'stored', name: 'deploy-key' } },
  terminal: { columns: 120, rows: 40, term: 'xterm' },
  created_by: 'ada',
  created_at: '2026-01-31T12:00:00.000Z',
  closed_at: null,
  ...change,
})

describe('session', () => {
  test('open sends what was said, once however often it is sent, and says how to go on', async () => {
    const api = fakeApi({ [`POST ${path}`]: () => ({ status: 201, body: session() }) })
    const words = [
      'session',
      'open',
      'web-1',
      'deploy',
      '--cwd',
      '/srv',
      '--env',
      'A=b=c',
      '--secret',
      'T=tok',
      '--tty',
    ]
    const { code, stdout } = await run([...words, '--root'], { ...api, env: { TERM: 'screen' } })
    expect(code).toBe(0)
    expect(stdout).toContain('✓ Opened deploy on web-1.')
    expect(stdout).toContain('drydock run web-1 --session deploy -- COMMAND')
    expect(api.calls[0]?.body).toEqual({
      name: 'deploy',
      as_root: true,
      cwd: '/srv',
      env: { A: 'b=c' },
      secrets: { T: { kind: 'stored', name: 'tok' } },
      terminal: { columns: 100, rows: 24, term: 'screen' },
    })
    expect(api.calls[0]?.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/)
    await run(['session', 'open', 'web-1', 'deploy', '--as-root'], api)
    expect(api.calls[1]?.body).toEqual({ name: 'deploy', as_root: true })
  })

  test('list shows each with what its commands run in', async () => {
    const api = fakeApi({ [`GET ${path}`]: () => ({ body: { items: [session()], next: null } }) })
    const { stdout } = await run(['session', 'list', 'web-1', '--state', 'open'], api)
    expect(stdout).toMatch(
      /^NAME +STATE +AS +DIRECTORY +TERMINAL +OPENED\ndeploy +open +app +\/srv +120x40 xterm +.* by ada\n$/,
    )
    expect(api.calls[0]?.query.get('state')).toBe('open')
    const none = fakeApi({ [`GET ${path}`]: () => ({ body: { items: [], next: null } }) })
    expect((await run(['session', 'list', 'web-1'], none)).stdout).toBe(
      'No sessions. Open one: drydock session open web-1 NAME\n',
    )
  })

  test('show tells what is in it and what ran in it, and never a secret', async () => {
    const body = { session: session(), operations: [operation({ kind: 'command', title: 'Run make on web-1' })] }
    const api = fakeApi({ [`GET ${path}/deploy`]: () => ({ body }) })
    const { stdout } = await run(['session', 'show', 'web-1', 'deploy'], api)
    for (const part of ['deploy on web-1: open', '/srv', 'STAGE=blue', 'KEY from a secret', 'Run make on web-1']) {
      expect(stdout).toContain(part)
    }
    expect(JSON.parse((await run(['--json', 'session', 'show', 'web-1', 'deploy'], api)).stdout)).toEqual(body)
  })

  test.each([
    [
      ['--cwd', '/tmp', '--env', 'A=1', '--unset', 'B', '--unset', 'C'],
      { cwd: '/tmp', env: { A: '1', B: null, C: null }, secrets: { B: null, C: null } },
    ],
    [['--no-cwd', '--no-tty'], { cwd: null, terminal: null, env: {}, secrets: {} }],
    [['--tty'], { terminal: { columns: 100, rows: 24, term: 'xterm-256color' }, env: {}, secrets: {} }],
  ])('change with %j sends only that', async (words, body) => {
    const api = fakeApi({ [`PATCH ${path}/deploy`]: () => ({ body: session() }) })
    expect(await run(['session', 'change', 'web-1', 'deploy', ...words], api)).toMatchObject({ code: 0 })
    expect(api.calls[0]?.body).toEqual(body)
  })

  test('close names the operations that were asked to end', async () => {
    const body = { session: session({ state: 'closed' }), cancelled: [operationId] }
    const api = fakeApi({ [`DELETE ${path}/deploy`]: () => ({ body }) })
    expect((await run(['session', 'close', 'web-1', 'deploy'], api)).stdout).toBe(
      `✓ Closed deploy on web-1.\n  Asked operation ${operationId} to end.\n`,
    )
  })

  test.each([
    [['open', 'web-1', 'Deploy'], 'lower-case letters'],
    [['open', 'web-1', 'deploy', '--cwd', 'srv'], 'an absolute path'],
    [['open', 'web-1'], 'missing required argument'],
    [['list', 'web-1', '--state', 'done'], 'one of open, closed'],
    [['change', 'web-1', 'deploy', '--unset', 'A B'], 'a variable name'],
  ])('%j is refused before anything is sent', async (words, why) => {
    const api = fakeApi({})
    const { code, stderr } = await run(['session', ...words], api)
    expect({ code, calls: api.calls.length }).toEqual({ code: 2, calls: 0 })
    expect(stderr).toContain(why)
  })
})

describe('run', () => {
  const start = {
    'POST /v1/servers/web-1/commands': () => ({ status: 202, body: { operation: operation({ kind: 'command' }) } }),
  }

  test.each([
    [['--session', 'deploy'], { session: 'deploy' }],
    [['--session', 'deploy', '--root', '--no-tty'], { session: 'deploy', as_root: true, terminal: null }],
    [['--tty'], { as_root: false, terminal: { columns: 100, rows: 24, term: 'xterm-256color' } }],
  ])('with %j leaves to the session what was not said', async (words, body) => {
    const api = fakeApi(start)
    await run(['run', '--detach', ...words, 'web-1', '--', 'make'], api)
    expect(api.calls[0]?.body).toEqual({ command: 'make', ...body })
  })
})

describe('operation signal', () => {
  test('sends it, and says where to see what becomes of it', async () => {
    const api = fakeApi({ [`POST ${at}/signals`]: () => ({ status: 202, body: { operation: operation() } }) })
    const { code, stdout } = await run(['operation', 'signal', operationId, 'TERM'], api)
    expect({ code, sent: api.calls[0]?.body }).toEqual({ code: 0, sent: { signal: 'TERM' } })
    expect(stdout).toContain(`drydock operation follow ${operationId}`)
  })

  test('knows TERM and KILL', async () => {
    const { code, stderr } = await run(['operation', 'signal', operationId, 'HUP'], fakeApi({}))
    expect(code).toBe(2)
    expect(stderr).toContain('one of TERM, KILL')
  })
})
