import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ProblemBody } from '../../api/problem.ts'
import { startTestApi, type TestApi, webServer } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({ api: { maxBodyBytes: 5_000, requestsPerMinute: 100_000 } })
  await api.ask('admin', 'POST', '/v1/servers', webServer)
})
afterAll(() => api.stop())

const raw = (
  body: string | Uint8Array<ArrayBuffer> | ReadableStream | undefined,
  type: string | null = 'application/json',
) =>
  api.app.request('/v1/servers', {
    method: 'POST',
    headers: { authorization: `Bearer ${api.tokens.admin}`, ...(type ? { 'content-type': type } : {}) },
    body,
    ...(body instanceof ReadableStream ? { duplex: 'half' as const } : {}),
  })

describe('whatever is wrong with a request', () => {
  it.each([
    ['malformed JSON', () => raw('{"name":'), 400, 'MALFORMED_REQUEST'],
    ['an empty body', () => raw(''), 400, 'MALFORMED_REQUEST'],
    ['no body', () => raw(undefined), 400, 'MALFORMED_REQUEST'],
    ['bytes that are no UTF-8', () => raw(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])), 400, 'MALFORMED_REQUEST'],
    ['a form', () => raw('name=x', 'application/x-www-form-urlencoded'), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['no media type', () => raw(new Uint8Array([0x7b, 0x7d]), null), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a large body', () => raw(JSON.stringify({ name: 'x'.repeat(6_000) })), 413, 'PAYLOAD_TOO_LARGE'],
    ['a large body of unknown length', () => raw(stream('x'.repeat(6_000))), 413, 'PAYLOAD_TOO_LARGE'],
    ['a NUL', () => raw(JSON.stringify({ ...webServer, metadata: { a: 'x\0' } })), 422, 'VALIDATION_FAILED'],
    ['a lone surrogate', () => raw('{"name":"\\ud800"}'), 422, 'VALIDATION_FAILED'],
    [
      'a body that is deeper than any schema',
      () => raw('['.repeat(2_000) + ']'.repeat(2_000)),
      422,
      'VALIDATION_FAILED',
    ],
    ['a number that is too large', () => raw(JSON.stringify({ ...webServer, port: 1e300 })), 422, 'VALIDATION_FAILED'],
    ['an array where an object belongs', () => raw('[]'), 422, 'VALIDATION_FAILED'],
  ])('%s is answered in the one form', async (_, request, status, code) => {
    const response = await request()
    const body = ProblemBody.parse(await response.json())
    expect({ status: response.status, code: body.code }).toEqual({ status, code })
    expect(body.error.length).toBeGreaterThan(10)
    expect(body.correlation_id).toBe(response.headers.get('x-correlation-id'))
  })

  it('every wrong field is named with what is expected, and nothing is written', async () => {
    const wrong = { ...webServer, name: 'Web One', hostname: 'a b', port: 0, root: { user: '../x' } }
    const answer = await api.ask('admin', 'POST', '/v1/servers', wrong)
    expect(answer.status).toBe(422)
    const { issues } = ProblemBody.parse(answer.body)
    expect(issues?.map((issue) => issue.field)).toEqual(
      expect.arrayContaining(['name', 'hostname', 'port', 'root.user', 'root.authentication']),
    )
    expect(issues?.find((issue) => issue.field === 'name')?.problem).toContain('lower-case letters')
    expect(await api.store.servers.list({ limit: 10 })).toHaveLength(1)
  })

  it('a method that a path does not take is 405 and says which it takes', async () => {
    const answer = await api.ask('admin', 'DELETE', '/v1/servers')
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST')
    expect(answer.text('code')).toBe('METHOD_NOT_ALLOWED')
  })

  it('a path that is not there is 404 in the same form', async () => {
    expect((await api.ask(null, 'GET', '/v1/nothing')).text('code')).toBe('NOT_FOUND')
  })

  it('a server that is not there suggests close names', async () => {
    const answer = await api.ask('viewer', 'GET', '/v1/servers/web-2')
    expect(answer.status).toBe(404)
    expect(answer.text('suggestion')).toBe('Did you mean web-1?')
  })

  it('a control character in a path is refused before anything looks for it', async () => {
    expect((await api.ask('viewer', 'GET', '/v1/servers/a%00b')).status).toBe(422)
  })
})

describe('a correlation id', () => {
  it('is taken from the request, answered, and recorded', async () => {
    const id = 'request-42'
    const answer = await api.ask('operator', 'DELETE', '/v1/servers/nowhere', undefined, { 'x-correlation-id': id })
    expect(answer.headers.get('x-correlation-id')).toBe(id)
    const [record] = await api.store.audit.list({ filters: { action: 'server.remove' }, limit: 1 })
    expect(record).toMatchObject({ correlationId: id, success: false, actor: 'the-operator', interface: 'api' })
  })

  it('is made where the given one could not stand in a log line', async () => {
    const answer = await api.ask(null, 'GET', '/health', undefined, { 'x-correlation-id': 'a b' })
    expect(answer.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/)
  })
})

it('what the API does not know is told to the log and not to the caller', async () => {
  const broken = await startTestApi()
  try {
    const failing = Object.assign(broken.store.servers, {
      list: () => Promise.reject(new Error('column "master" of relation "servers" does not exist')),
    })
    expect(failing).toBe(broken.store.servers)
    const answer = await broken.ask('viewer', 'GET', '/v1/servers')
    expect(answer.status).toBe(500)
    expect(answer.text('code')).toBe('INTERNAL_ERROR')
    expect(JSON.stringify(answer.body)).not.toContain('master')
    expect(broken.log.join()).toContain('column \\"master\\"')
  } finally {
    await broken.stop()
  }
})

it('too many requests are refused with the time to wait', async () => {
  const limited = await startTestApi({ api: { requestsPerMinute: 3 } })
  try {
    const statuses = []
    for (let at = 0; at < 4; at++) statuses.push((await limited.ask('viewer', 'GET', '/v1/servers')).status)
    expect(statuses).toEqual([200, 200, 200, 429])
    const answer = await limited.ask('viewer', 'GET', '/v1/servers')
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    const spelt = { headers: { authorization: `bearer   ${limited.tokens.viewer}` } }
    expect((await limited.app.request('/v1/servers', spelt)).status).toBe(429)
    expect((await limited.ask('operator', 'GET', '/v1/servers')).status).toBe(200)
  } finally {
    await limited.stop()
  }
})

const stream = (text: string): ReadableStream =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text))
      controller.close()
    },
  })
