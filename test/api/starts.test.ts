import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sweepTerminated } from '../../api/sweep.ts'
import { onOwnServers, startTestApi, type TestApi, webServer } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())

const { register, run } = onOwnServers(() => api)
describe('a start', () => {
  it('answers 202 with the operation and where to look', async () => {
    const server = await register()
    const answer = await api.ask('operator', 'POST', `/v1/servers/${server}/setups`, {})
    expect(answer.status).toBe(202)
    const id = answer.text('operation.id')
    expect(answer.headers.get('location')).toBe(`/v1/operations/${id}`)
    expect(answer.body).toMatchObject({
      operation: {
        kind: 'setup',
        server: { name: server },
        requester: 'the-operator',
        links: { events: `/v1/operations/${id}/events` },
      },
    })
    expect(answer.text('operation.workflow_id')).toBe(`setup/${answer.text('operation.server.id')}`)
  })

  it('says while no worker runs that it waits for one, and for which queue', async () => {
    const started = await run(await register(), { command: 'uptime' })
    const answer = await api.ask('viewer', 'GET', `/v1/operations/${started.text('operation.id')}`)
    expect(answer.body).toMatchObject({ operation: { state: 'waiting', reason: 'worker' } })
    expect(answer.text('operation.detail')).toContain(api.settings.temporal.taskQueue)
  })

  it('of a second setup on the same server is refused and names the first', async () => {
    const server = await register()
    const first = await api.ask('operator', 'POST', `/v1/servers/${server}/setups`, {})
    const second = await api.ask('operator', 'POST', `/v1/servers/${server}/setups`, {})
    expect([second.status, second.text('code')]).toEqual([409, 'ALREADY_RUNNING'])
    expect(second.text('operation.id')).toBe(first.text('operation.id'))
    expect((await api.ask('viewer', 'GET', `/v1/servers/${server}/setups`)).body).toMatchObject({ items: [{}] })
  })

  it('goes ahead where the one before was terminated in Temporal', async () => {
    const server = await register()
    const first = await api.ask('operator', 'POST', `/v1/servers/${server}/setups`, {})
    await api.temporal.workflow.getHandle(first.text('operation.workflow_id')).terminate('test')
    const second = await api.ask('operator', 'POST', `/v1/servers/${server}/setups`, {})
    expect(second.status).toBe(202)
    const ended = await api.ask('viewer', 'GET', `/v1/operations/${first.text('operation.id')}`)
    expect(ended.text('operation.state')).toBe('failed')
  })

  it('waits as long as was preferred and then answers what is true', async () => {
    const began = performance.now()
    const answer = await run(await register(), { command: 'uptime' }, { prefer: 'respond-async, wait=1' })
    expect(performance.now() - began).toBeGreaterThan(950)
    expect(answer.status).toBe(202)
    expect(answer.headers.get('preference-applied')).toBe('wait=1')
    expect(answer.body).toMatchObject({ operation: { state: 'waiting', reason: 'worker' } })
  })

  it('that was terminated while one waits for its end is answered at once', async () => {
    const server = await register()
    const answering = run(server, { command: 'sleep 60' }, { prefer: 'wait=30' })
    const id = await waitFor(async () => {
      const { body } = await api.ask('viewer', 'GET', `/v1/servers/${server}/commands`)
      return /"workflow_id":"(command\/[^"]+)"/.exec(JSON.stringify(body))?.[1]
    })
    await api.temporal.workflow.getHandle(id).terminate('test')
    const answer = await answering
    expect([answer.status, answer.text('operation.state')]).toEqual([200, 'failed'])
  })
})

describe('an Idempotency-Key', () => {
  it('starts once and answers the same operation again', async () => {
    const server = await register()
    const key = { 'idempotency-key': uuidv7() }
    const first = await run(server, { command: 'uptime' }, key)
    const again = await run(server, { command: 'uptime' }, key)
    expect(again.text('operation.id')).toBe(first.text('operation.id'))
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect((await api.ask('viewer', 'GET', `/v1/servers/${server}/commands`)).body).toMatchObject({
      next: null,
      items: [{}],
    })
  })

  it('is refused for another request', async () => {
    const server = await register()
    const key = { 'idempotency-key': uuidv7() }
    await run(server, { command: 'uptime' }, key)
    expect((await run(server, { command: 'whoami' }, key)).status).toBe(409)
  })
})

describe('the workflow of an operation', () => {
  it('is told nothing that is secret: the command lies sealed', async () => {
    const server = await register()
    const mark = `mark-${uuidv7()}`
    await api.ask('admin', 'PUT', '/v1/secrets/db', { value: mark })
    const answer = await run(server, {
      command: `curl -H "Authorization: Bearer ${mark}" https://u:${mark}@h/ --password ${mark}`,
      env: { PLAIN: mark },
      secrets: { DB: { kind: 'stored', name: 'db' } },
    })
    const id = answer.text('operation.id')
    const handle = api.temporal.workflow.getHandle(answer.text('operation.workflow_id'))
    const history = Buffer.from(JSON.stringify(await handle.fetchHistory()))
    const payloads = JSON.stringify((await handle.describe()).raw) + decoded(history.toString())
    const told = [
      payloads,
      JSON.stringify(answer.body),
      api.log.join('\n'),
      JSON.stringify(await api.store.operations.get(id)),
    ]
    told.push(JSON.stringify(await api.store.audit.list({ filters: { operationId: id }, limit: 10 })))
    for (const text of told) expect(text).not.toContain(mark)
    expect(await api.store.operations.reveal(id)).toContain(mark)
  })

  it('carries the server, the summary and its first state for the Web UI', async () => {
    const server = await register({ environment: 'staging' })
    const answer = await run(server, { command: 'uptime' })
    const description = await api.temporal.workflow.getHandle(answer.text('operation.workflow_id')).describe()
    expect(description.memo?.status).toMatchObject({ operationId: answer.text('operation.id'), state: 'waiting' })
    expect(await description.staticSummary()).toBe(`Run uptime on ${server}`)
    const attributes = JSON.stringify(description.typedSearchAttributes.getAll())
    for (const value of [server, 'command', 'staging', 'the-operator']) expect(attributes).toContain(value)
  })

  it('gets the cancellation as a signal that names who asked', async () => {
    const answer = await run(await register(), { command: 'sleep 60' })
    const cancelled = await api.ask('operator', 'POST', `/v1/operations/${answer.text('operation.id')}/cancellation`)
    expect(cancelled.status).toBe(202)
    const history = await api.temporal.workflow.getHandle(answer.text('operation.workflow_id')).fetchHistory()
    const signal = history.events?.find((event) => event.workflowExecutionSignaledEventAttributes)
    expect(signal?.workflowExecutionSignaledEventAttributes?.signalName).toBe('cancel')
  })
})

describe('a destructive command', () => {
  it('is answered with what a person must decide on, and waits', async () => {
    const answer = await run(await register({ environment: 'production' }), { command: 'rm -rf /srv/data' })
    expect(answer.status).toBe(202)
    expect(answer.body).toMatchObject({
      blocked: {
        status: 'DESTRUCTIVE_ACTION_BLOCKED',
        operation_id: answer.text('operation.id'),
        risk_assessment: { level: 'critical' },
        confirmation_required: { phrase: expect.stringContaining('delete'), timeout_seconds: 300 },
      },
    })
  })

  it('is rated where it would run', async () => {
    const server = await register()
    const rated = await run(server, { command: 'rm -rf ./*', cwd: "/etc/it's", dry_run: true })
    expect([rated.status, rated.text('assessment.risk')]).toEqual([200, 'critical'])
    expect((await run(server, { command: 'rm -rf ./*', dry_run: true })).text('assessment.risk')).toBe('high')
    expect((await api.ask('viewer', 'GET', `/v1/servers/${server}/commands`)).body).toMatchObject({ items: [] })
  })

  it('that the policy denies makes no operation, and is recorded', async () => {
    const strict = await startTestApi({ guard: { deny: ['^reboot'] } })
    try {
      await strict.ask('admin', 'POST', '/v1/servers', webServer)
      const answer = await strict.ask('admin', 'POST', '/v1/servers/web-1/commands', { command: 'sudo reboot' })
      expect([answer.status, answer.text('code')]).toEqual([409, 'DESTRUCTIVE_ACTION_BLOCKED'])
      expect(await strict.store.operations.list({ limit: 10 })).toEqual([])
      const [record] = await strict.store.audit.list({ filters: { action: 'command' }, limit: 1 })
      expect(record).toMatchObject({ success: false, actor: 'the-admin', parameters: { command: 'sudo reboot' } })
    } finally {
      await strict.stop()
    }
  })
})

describe('references to secrets', () => {
  it.each([
    ['env', { kind: 'env', variable: 'HOME' }],
    ['file', { kind: 'file', path: '/etc/shadow' }],
    ['command', { kind: 'command', argv: ['id'] }],
  ])('of kind %s read the worker’s machine and are for administrators', async (_, reference) => {
    const server = await register()
    expect((await run(server, { command: 'id', secrets: { X: reference } })).status).toBe(403)
    const login = { user: 'root', authentication: { method: 'password', password: reference } }
    expect((await api.ask('operator', 'PATCH', `/v1/servers/${server}`, { root: login })).status).toBe(403)
    expect((await api.ask('admin', 'PATCH', `/v1/servers/${server}`, { root: login })).status).toBe(200)
  })
})

describe('fleet operations', () => {
  it('start one parent over the servers that a selector fits', async () => {
    const tag = `fleet-${uuidv7().slice(-12)}`
    const names = [await register({ tags: [tag] }), await register({ tags: [tag] })]
    const answer = await api.ask('operator', 'POST', '/v1/fleet-operations', {
      kind: 'command',
      selector: { tag },
      batch: 2,
      input: { command: 'uptime' },
    })
    expect([answer.status, answer.text('operation.kind')]).toEqual([202, 'fleet'])
    const stored = await api.store.operations.get(answer.text('operation.id'))
    expect(stored?.input).toMatchObject({ batch: 2, stopAfterFailures: 1, work: { kind: 'command', shown: 'uptime' } })
    for (const name of names) expect(JSON.stringify(stored?.input)).toContain(name)
  })

  it.each([
    ['nothing', {}, 422],
    ['a tag nobody has', { tag: 'nobody' }, 404],
    ['a name nobody has', { servers: ['nobody'] }, 404],
    ['a name that does not fit the rest', { servers: ['outsider'], tag: 'nobody' }, 409],
  ])('that select %s are refused before anything starts', async (_, selector, status) => {
    await api.ask('admin', 'POST', '/v1/servers', { ...webServer, name: 'outsider' })
    const body = { kind: 'setup', selector, input: {} }
    expect((await api.ask('operator', 'POST', '/v1/fleet-operations', body)).status).toBe(status)
  })
})

it('the sweep ends what was terminated and leaves alone what runs', async () => {
  const [one, two] = [
    await run(await register(), { command: 'uptime' }),
    await run(await register(), { command: 'uptime' }),
  ]
  await api.temporal.workflow.getHandle(one.text('operation.workflow_id')).terminate('test')
  const swept = await sweepTerminated({ store: api.store, temporal: api.temporal, log: quiet })
  expect(swept).toContain(one.text('operation.id'))
  expect(swept).not.toContain(two.text('operation.id'))
  const ended = await api.store.operations.get(one.text('operation.id'))
  expect(ended).toMatchObject({ state: 'failed', result: { message: expect.stringContaining('terminated') } })
})

const quiet = pino({ level: 'silent' })

async function waitFor<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const found = await ask()
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new Error('did not come within 10 s')
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** Payloads stand in a history as base64: their text is what must hold nothing secret. */
const decoded = (json: string): string =>
  (json.match(/"data":("[A-Za-z0-9+/=]+"|\{[^}]*\})/g) ?? [])
    .map((found) => {
      const data: unknown = JSON.parse(found.slice('"data":'.length))
      if (typeof data === 'string') return Buffer.from(data, 'base64').toString()
      return Buffer.from(Object.values(data ?? {}).filter((byte) => typeof byte === 'number')).toString()
    })
    .join('\n')
