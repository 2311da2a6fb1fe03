import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { listen } from '../../api/listen.ts'
import { startTestApi, type TestApi, webServer } from '../support/api.ts'
import { settledEvents } from '../support/events.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
  await api.ask('admin', 'POST', '/v1/servers', webServer)
})
afterAll(() => api.stop())

const started = async () =>
  (await api.ask('operator', 'POST', '/v1/servers/web-1/commands', { command: 'uptime' })).text('operation.id')

type Sent = { id: number; type: string; message: string }

/** Reads a stream until `enough` says so, or to its end; answers what came. */
async function read(
  path: string,
  o: { after?: number; enough?: (sent: Sent[]) => boolean; onHeartbeat?: () => void } = {},
): Promise<Sent[]> {
  const response = await api.app.request(path, {
    headers: {
      authorization: `Bearer ${api.tokens.viewer}`,
      ...(o.after === undefined ? {} : { 'last-event-id': String(o.after) }),
    },
  })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  expect(response.headers.get('x-accel-buffering')).toBe('no')
  const sent: Sent[] = []
  let rest = ''
  for await (const bytes of response.body ?? []) {
    const blocks = (rest + new TextDecoder().decode(bytes)).split('\n\n')
    rest = blocks.pop() ?? ''
    if (blocks.includes(': heartbeat')) o.onHeartbeat?.()
    sent.push(...blocks.filter((block) => block.includes('data:')).map(parse))
    if (o.enough?.(sent)) break
  }
  return sent
}

function parse(block: string): Sent {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  )
  const data: unknown = JSON.parse(fields.get('data') ?? '{}')
  const message = typeof data === 'object' && data !== null && 'message' in data ? String(data.message) : ''
  return { id: Number(fields.get('id') ?? 0), type: fields.get('event') ?? '', message }
}

const append = (id: string, message: string) => api.store.events.append(id, { type: 'notice', message })
const end = (id: string) => api.store.operations.end(id, { state: 'succeeded', message: 'done', exitCode: 0 })

/** After all that was made so far; a transaction of another test may hold back what is just made. */
async function quietPosition(): Promise<number> {
  await settledEvents(api.store, { serverId: null, after: 0 })
  return api.store.events.position()
}

describe('the events of an operation', () => {
  it('come in order, as they happen, to the end of the operation', async () => {
    const id = await started()
    const reading = read(`/v1/operations/${id}/events`)
    for (let at = 0; at < 20; at++) await append(id, `n${at}`)
    await end(id)
    const sent = await reading
    expect(sent.slice(0, -1).map((event) => event.id)).toEqual(Array.from({ length: 22 }, (_, at) => at + 1))
    expect(sent.filter((event) => event.type === 'notice').map((event) => event.message)).toEqual(
      Array.from({ length: 20 }, (_, at) => `n${at}`),
    )
    expect(sent.at(-1)?.type).toBe('end')
  })

  it('go on after Last-Event-ID without a gap and without a repetition, also when they come from many hands', async () => {
    const id = await started()
    const writing = Promise.all(Array.from({ length: 60 }, (_, at) => append(id, `n${at}`))).then(() => end(id))
    const seen: number[] = []
    for (let finished = false; !finished; ) {
      const part = await read(`/v1/operations/${id}/events`, {
        after: seen.at(-1) ?? 0,
        enough: (sent) => sent.length >= 7,
      })
      finished = part.some((event) => event.type === 'end')
      seen.push(...part.filter((event) => event.type !== 'end').map((event) => event.id))
    }
    await writing
    expect(seen).toEqual(Array.from({ length: 62 }, (_, at) => at + 1))
  })

  it('of one that has ended are all there, and the stream ends at once', async () => {
    const id = await started()
    await end(id)
    expect((await read(`/v1/operations/${id}/events`)).map((event) => event.type)).toEqual(['state', 'state', 'end'])
  })

  it('refuse a number that is none', async () => {
    const id = await started()
    const answer = await api.ask('viewer', 'GET', `/v1/operations/${id}/events`, undefined, { 'last-event-id': 'x' })
    expect(answer.status).toBe(422)
  })
})

describe('the events of all servers, or of one', () => {
  it('begin with what is new, and resume without a gap while transactions overlap', async () => {
    const [one, two] = [await started(), await started()]
    const position = await quietPosition()
    const wanted = 40
    const seen: Sent[] = []
    const writing = Promise.all(Array.from({ length: wanted }, (_, at) => append(at % 2 ? one : two, `m${at}`)))
    while (seen.length < wanted) {
      const after = seen.at(-1)?.id ?? position
      const some = Math.min(5, wanted - seen.length)
      seen.push(...(await read('/v1/events?server=web-1', { after, enough: (sent) => sent.length >= some })))
    }
    await writing
    expect(seen.map((event) => event.message).toSorted()).toEqual(
      Array.from({ length: wanted }, (_, at) => `m${at}`).toSorted(),
    )
    const ids = seen.map((event) => event.id)
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
    const now = read('/v1/events', { enough: (sent) => sent.length > 0 })
    const poke = setInterval(() => void append(one, 'new'), 50)
    expect((await now)[0]?.message).toBe('new')
    clearInterval(poke)
  })

  it('that wait for a transaction of others come when it ends, which rings no bell', async () => {
    const [one, position] = [await started(), await quietPosition()]
    const other = new Client({ connectionString: api.databaseUrl })
    await other.connect()
    await other.query('begin')
    await other.query('select pg_current_xact_id()')
    const asked = vi.spyOn(api.store.events, 'afterPosition')
    let heartbeats = 0
    const reading = read('/v1/events?server=web-1', {
      after: position,
      enough: (sent) => sent.length > 0,
      onHeartbeat: () => (heartbeats += 1),
    })
    await append(one, 'held back')
    await vi.waitUntil(() =>
      asked.mock.settledResults.some(({ type, value }) => type === 'fulfilled' && value.heldBack),
    )
    await other.query('rollback')
    await other.end()
    expect((await reading).map((event) => event.message)).toEqual(['held back'])
    expect(heartbeats).toBe(0)
  })
})

it('an API that stops ends its streams and lets requests under way finish', async () => {
  const other = await startTestApi()
  await other.ask('admin', 'POST', '/v1/servers', webServer)
  const id = (await other.ask('operator', 'POST', '/v1/servers/web-1/commands', { command: 'uptime' })).text(
    'operation.id',
  )
  const server = await listen(other.app, { host: '127.0.0.1', port: 0 })
  const headers = { authorization: `Bearer ${other.tokens.viewer}` }
  const stream = await fetch(`${server.url}/v1/operations/${id}/events`, { headers })
  const began = performance.now()
  const [text] = await Promise.all([stream.text(), server.close()])
  expect(text).toContain('accepted')
  expect(performance.now() - began).toBeLessThan(3_000)
  await expect(fetch(`${server.url}/health`)).rejects.toThrow()
  await other.stop()
})

it('the output of an operation is every stored byte, whole or by stream', async () => {
  const id = await started()
  const operation = await api.store.operations.get(id)
  const bytes = Buffer.from([0, 255, 10, 27, 65])
  const runId = `${id}/command/0/1`
  await api.store.runs.intend({
    runId,
    operationId: id,
    serverId: operation?.server?.id ?? '',
    stepId: 'command',
    commandIndex: 0,
    digest: 'a'.repeat(64),
    shown: 'uptime',
    as: 'root',
    boot: 'b',
  })
  await api.store.runs.appendOutput(runId, [
    { stream: 'stdout', offset: 0, bytes },
    { stream: 'stderr', offset: 0, bytes: Buffer.from('oops') },
  ])
  const get = async (query: string) => {
    const response = await api.app.request(`/v1/operations/${id}/output${query}`, {
      headers: { authorization: `Bearer ${api.tokens.viewer}` },
    })
    return Buffer.from(await response.arrayBuffer())
  }
  expect(await get('?stream=stdout')).toEqual(bytes)
  expect((await get('?stream=stderr')).toString()).toBe('oops')
  expect(await get('')).toEqual(Buffer.concat([bytes, Buffer.from('oops')]))
})
