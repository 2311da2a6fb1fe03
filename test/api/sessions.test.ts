import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Server } from '../../schema/server.ts'
import { SealedCommand } from '../../schema/start.ts'
import { type Answer, onOwnServers, startTestApi, type TestApi } from '../support/api.ts'
import { startOperation } from '../support/operations.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
  for (const name of ['one', 'two']) await api.ask('admin', 'PUT', `/v1/secrets/${name}`, { value: `value-${name}` })
})
afterAll(() => api.stop())

const { register, run } = onOwnServers(() => api)
const at = (server: string, name?: string): string =>
  `/v1/servers/${server}/sessions${name === undefined ? '' : `/${name}`}`
const open = (server: string, body: object, headers?: Record<string, string>): Promise<Answer> =>
  api.ask('operator', 'POST', at(server), { name: 'deploy', ...body }, headers)
const stored = (name: string) => ({ kind: 'stored', name })

/** The command as it lies sealed: what is rated, approved and run. */
async function sealed(answer: Answer): Promise<SealedCommand> {
  expect(answer.status).toBe(202)
  return SealedCommand.parse(JSON.parse((await api.store.operations.reveal(answer.text('operation.id'))) ?? ''))
}

describe('a session', () => {
  it('is opened with what its commands run in, and shown with what looks private cut', async () => {
    const server = await register()
    const env = { STAGE: 'blue', DB_PASSWORD: 'hunter2' }
    const terminal = { columns: 120, rows: 40, term: 'xterm' }
    const answer = await open(server, { cwd: '/srv', env, secrets: { KEY: stored('one') }, terminal, as_root: true })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('location')).toBe(at(server, 'deploy'))
    expect(answer.body).toMatchObject({
      name: 'deploy',
      server: { name: server },
      state: 'open',
      as_root: true,
      cwd: '/srv',
      env: { STAGE: 'blue', DB_PASSWORD: '[redacted]' },
      secrets: { KEY: stored('one') },
      terminal,
      created_by: 'the-operator',
      closed_at: null,
    })
    const { rows } = await api.store.pool.query(
      'select * from sessions where server_id = (select id from servers where name = $1)',
      [server],
    )
    expect(JSON.stringify(rows)).not.toContain('hunter2')
    expect((await api.ask('viewer', 'GET', at(server, 'deploy'))).body).toMatchObject({
      session: answer.body,
      operations: [],
    })
    expect((await api.ask('viewer', 'GET', at(server))).body).toEqual({ items: [answer.body], next: null })
  })

  it('has a name that no other open one of its server has', async () => {
    const [server, other] = [await register(), await register()]
    const first = await open(server, {})
    const second = await open(server, { cwd: '/tmp' })
    expect([second.status, second.text('code'), second.text('session.id')]).toEqual([409, 'CONFLICT', first.text('id')])
    expect(second.text('error')).toContain('"deploy"')
    expect((await open(other, {})).status).toBe(201)
    await api.ask('operator', 'DELETE', at(server, 'deploy'))
    const again = await open(server, {})
    expect(again.status).toBe(201)
    expect((await api.ask('viewer', 'GET', at(server, 'deploy'))).text('session.id')).toBe(again.text('id'))
    const closed = await api.ask('viewer', 'GET', `${at(server)}?state=closed`)
    expect(closed.body).toMatchObject({ items: [{ id: first.text('id'), state: 'closed' }] })
  })

  it('that is opened again with the same key is the first one, and with another wish it is refused', async () => {
    const server = await register()
    const headers = { 'idempotency-key': `open-${server}` }
    const [first, second] = await Promise.all([
      open(server, { cwd: '/srv' }, headers),
      open(server, { cwd: '/srv' }, headers),
    ])
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.text('id')).toBe(first.text('id'))
    const other = await open(server, { cwd: '/tmp' }, headers)
    expect([other.status, other.text('error')]).toEqual([409, 'This Idempotency-Key was used for another request.'])
  })

  it.each([
    [{ name: 'Deploy_1' }, 'name'],
    [{ cwd: 'srv' }, 'cwd'],
    [{ env: { 'A B': 'x' } }, 'env.A B'],
    [{ env: { DRYDOCK_RUN: 'x' } }, 'env.DRYDOCK_RUN'],
    [{ terminal: { columns: 0 } }, 'terminal.columns'],
    [{ terminal: { term: '$(id)' } }, 'terminal.term'],
    [{ secrets: { KEY: stored('nothing') } }, 'secrets.KEY'],
  ])('that cannot be is refused by the name of the field: %j', async (body, field) => {
    const answer = await open(await register(), body)
    expect([answer.status, answer.text('code'), answer.text('issues.0.field')]).toEqual([
      422,
      'VALIDATION_FAILED',
      field,
    ])
  })

  it('that is not there is told with how to open it', async () => {
    const server = await register()
    const answer = await run(server, { command: 'uptime', session: 'nothing' })
    expect([answer.status, answer.text('suggestion')]).toEqual([
      404,
      expect.stringContaining(`session open ${server} nothing`),
    ])
  })

  it('gives no operator what only an administrator may refer to, also through one that an administrator opened', async () => {
    const server = await register()
    const local = { secrets: { KEY: { kind: 'env', variable: 'HOME' } } }
    expect((await open(server, local)).status).toBe(403)
    expect((await api.ask('admin', 'POST', at(server), { name: 'deploy', ...local })).status).toBe(201)
    expect((await run(server, { command: 'uptime', session: 'deploy' })).status).toBe(403)
  })
})

describe('a command in a session', () => {
  it('runs in what the session has, and its own words go over that', async () => {
    const server = await register()
    const terminal = { columns: 100, rows: 30, term: 'xterm' }
    const secrets = { KEY: stored('one'), TOKEN: stored('one') }
    await open(server, { cwd: '/srv', env: { A: '1', B: '2' }, secrets, terminal, as_root: true })
    const plain = await run(server, { command: 'env', session: 'deploy' })
    expect(await sealed(plain)).toEqual({
      command: 'env',
      cwd: '/srv',
      env: { A: '1', B: '2' },
      secrets,
      terminal,
      asRoot: true,
    })
    const own = {
      env: { B: '3', KEY: 'open' },
      secrets: { A: stored('two') },
      cwd: '/tmp',
      terminal: null,
      as_root: false,
    }
    expect(await sealed(await run(server, { command: 'env', session: 'deploy', ...own }))).toEqual({
      command: 'env',
      cwd: '/tmp',
      env: { B: '3', KEY: 'open' },
      secrets: { TOKEN: stored('one'), A: stored('two') },
      asRoot: false,
    })
    const shown = await api.ask('viewer', 'GET', at(server, 'deploy'))
    expect(shown.body).toMatchObject({ operations: [{ kind: 'command' }, { id: plain.text('operation.id') }] })
  })

  it('is not altered by a change of the session after it', async () => {
    const server = await register()
    await open(server, { cwd: '/srv', env: { A: '1', B: '2' }, secrets: { KEY: stored('one') } })
    const before = await run(server, { command: 'env', session: 'deploy' })
    const change = { cwd: null, env: { A: null, C: '3', KEY: 'now open' }, terminal: {} }
    const changed = await api.ask('operator', 'PATCH', at(server, 'deploy'), change)
    expect(changed.body).toMatchObject({
      cwd: null,
      env: { B: '2', C: '3', KEY: 'now open' },
      secrets: {},
      terminal: { columns: 80, rows: 24, term: 'xterm-256color' },
    })
    expect(await sealed(before)).toMatchObject({ cwd: '/srv', env: { A: '1', B: '2' } })
    const after = await sealed(await run(server, { command: 'env', session: 'deploy' }))
    expect(after).toMatchObject({ env: { B: '2', C: '3', KEY: 'now open' }, terminal: { columns: 80 } })
    expect(after.cwd).toBeUndefined()
  })

  it('that destroys asks, in the directory of the session', async () => {
    const server = await register()
    await open(server, { cwd: '/etc', terminal: {} })
    const answer = await run(server, { command: 'rm -rf ./*', session: 'deploy' })
    expect([answer.status, answer.text('blocked.status')]).toEqual([202, 'DESTRUCTIVE_ACTION_BLOCKED'])
    expect((await run(server, { command: 'ls', session: 'deploy', dry_run: true })).text('assessment.verdict')).toBe(
      'allow',
    )
  })

  it('sent again with its key is the first one, though the session has changed or is closed', async () => {
    const server = await register()
    await open(server, {})
    const headers = { 'idempotency-key': `run-${server}` }
    const first = await run(server, { command: 'env', session: 'deploy' }, headers)
    await api.ask('operator', 'PATCH', at(server, 'deploy'), { env: { A: '1' } })
    const second = await run(server, { command: 'env', session: 'deploy' }, headers)
    expect([second.status, second.text('operation.id')]).toEqual([202, first.text('operation.id')])
    expect((await run(server, { command: 'id', session: 'deploy' }, headers)).status).toBe(409)
    await api.ask('operator', 'DELETE', at(server, 'deploy'))
    expect((await run(server, { command: 'env', session: 'deploy' }, headers)).text('operation.id')).toBe(
      first.text('operation.id'),
    )
  })

  it('at a terminal is no longer than one word may be on Linux', async () => {
    const server = await register()
    const body = { command: `# ${'ü'.repeat(50_000)}`, terminal: {} }
    const answer = await run(server, body)
    expect([answer.status, answer.text('issues.0.field')]).toEqual([422, 'command'])
    expect((await run(server, { ...body, terminal: null })).status).toBe(202)
  })
})

describe('closing a session', () => {
  it('asks its commands to end, takes no more, and may be said again', async () => {
    const server = await register()
    await open(server, {})
    const inside = await run(server, { command: 'sleep 60', session: 'deploy' })
    const outside = await run(server, { command: 'sleep 60' })
    const id = inside.text('operation.id')
    const closed = await api.ask('operator', 'DELETE', at(server, 'deploy'))
    expect(closed.body).toMatchObject({ session: { state: 'closed' }, cancelled: [id] })
    expect(await signalsTo(inside.text('operation.workflow_id'))).toEqual(['cancel'])
    expect(await signalsTo(outside.text('operation.workflow_id'))).toEqual([])
    const refused = await Promise.all([
      run(server, { command: 'uptime', session: 'deploy' }),
      run(server, { command: 'uptime', session: 'deploy', dry_run: true }),
      api.ask('operator', 'PATCH', at(server, 'deploy'), { cwd: '/' }),
    ])
    for (const answer of refused) {
      expect([answer.status, answer.text('error')]).toEqual([409, expect.stringContaining('"deploy" is closed')])
    }
    expect((await api.ask('operator', 'DELETE', at(server, 'deploy'))).body).toMatchObject({ cancelled: [id] })
  })

  it('reaches also a command whose workflow begins only after it', async () => {
    const server = await register()
    const session = await open(server, {})
    const late = await startOperation(api.store, await serverOf(server), {
      session: { id: session.text('id') },
      input: { session: { id: session.text('id'), name: 'deploy' } },
    })
    const closing = api.ask('operator', 'DELETE', at(server, 'deploy'))
    const { workflowId } = late
    const isClosed = async () =>
      (await api.ask('viewer', 'GET', at(server, 'deploy'))).text('session.state') === 'closed'
    await expect.poll(isClosed).toBe(true)
    // Closing has asked Temporal at least once before we have been answered as often as this.
    for (let asked = 0; asked < 5; asked++)
      await expect(api.temporal.workflow.getHandle(workflowId).describe()).rejects.toThrow('not found')
    await api.temporal.workflow.start('command', {
      workflowId,
      taskQueue: api.settings.temporal.taskQueue,
      args: [],
    })
    expect((await closing).body).toMatchObject({ cancelled: [late.id] })
    expect(await signalsTo(workflowId)).toEqual(['cancel'])
  })

  it('is recorded by name, as opening and changing are', async () => {
    const server = await register()
    await open(server, { env: { TOKEN: 'hunter2' } })
    await api.ask('operator', 'PATCH', at(server, 'deploy'), { env: { TOKEN: 'hunter3' } })
    await api.ask('operator', 'DELETE', at(server, 'deploy'))
    const trail = await api.ask('admin', 'GET', `/v1/audit-trail?server=${server}&limit=3`)
    expect(trail.body).toMatchObject({
      items: [
        { action: 'session.close', actor: 'the-operator', success: true, parameters: { session: 'deploy' } },
        { action: 'session.change', parameters: { session: 'deploy', fields: ['env'], variables: ['TOKEN'] } },
        { action: 'session.open', parameters: { session: 'deploy' } },
      ],
    })
    expect(JSON.stringify(trail.body)).not.toMatch(/hunter/)
  })
})

describe('a signal for an operation', () => {
  it('that runs no command is refused, with what it is doing', async () => {
    const started = await run(await register(), { command: 'sleep 60' })
    const signal = (body: object) =>
      api.ask('operator', 'POST', `/v1/operations/${started.text('operation.id')}/signals`, body)
    const waiting = await signal({ signal: 'TERM' })
    expect([waiting.status, waiting.text('error')]).toEqual([
      409,
      expect.stringMatching(/runs no command.*waiting: worker/),
    ])
    expect((await signal({ signal: 'HUP' })).status).toBe(422)
    expect((await signal({})).status).toBe(422)
    await api.store.operations.end(started.text('operation.id'), { state: 'cancelled', message: 'over' })
    expect((await signal({ signal: 'KILL' })).text('error')).toContain('has ended (cancelled)')
  })
})

async function serverOf(name: string): Promise<Server> {
  const server = await api.store.servers.get(name)
  if (server === null) throw new Error(`no server ${name}`)
  return server
}

/** Names of the signals that a workflow was sent. */
async function signalsTo(workflowId: string): Promise<string[]> {
  const { events } = await api.temporal.workflow.getHandle(workflowId).fetchHistory()
  return (events ?? []).flatMap((event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? [])
}
