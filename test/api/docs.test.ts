import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeApi } from '../../api/docs.ts'
import { startTestApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())

describe('the OpenAPI document', () => {
  it('says of every route what it is for, who may ask, and each error it can answer', () => {
    const { openapi, paths = {} } = describeApi(api.app)
    expect(openapi).toBe('3.1.0')
    for (const [path, item] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(item ?? {})) {
        const at = `${method} ${path}`
        const statuses = Object.keys(operation.responses ?? {})
        const needed = [
          '422',
          '429',
          '500',
          '503',
          ...(operation.security ? ['401', '403'] : []),
          ...(operation.requestBody ? ['413', '415'] : []),
        ]
        expect([at, needed.filter((status) => !statuses.includes(status))]).toEqual([at, []])
        expect([at, statuses.some((status) => status.startsWith('2'))]).toEqual([at, true])
        expect([at, String(operation.summary).length > 10, operation.requestBody?.required ?? true]).toEqual([
          at,
          true,
          true,
        ])
      }
    }
  })

  it('has patterns that other languages can read too', () => {
    for (const [, pattern] of JSON.stringify(describeApi(api.app)).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)) {
      const text = String(JSON.parse(pattern ?? '""'))
      expect(text, text).toMatch(/^\^/)
      expect(text, text).not.toMatch(/\/[a-z]*i$|\\0|\\p\{/)
    }
  })
})

describe('the docs page', () => {
  it('and all that it loads come from here', async () => {
    const answer = await api.ask(null, 'GET', '/docs')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'")
    const page = String(answer.body)
    const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? '')
    expect(loaded.length).toBeGreaterThan(3)
    for (const url of loaded) {
      expect(url).toMatch(/^\//)
      expect([url, (await api.ask(null, 'GET', url)).status]).toEqual([url, 200])
    }
  })
})

it('answers carry the headers that keep browsers careful, and no door for other origins', async () => {
  const { headers } = await api.ask('viewer', 'GET', '/v1/servers', undefined, { origin: 'https://evil.example' })
  expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('access-control-allow-origin')).toBeNull()
})

it('readiness says what is missing without a token, and the process itself is alive', async () => {
  expect((await api.ask(null, 'GET', '/health')).body).toEqual({ status: 'alive' })
  const ready = await api.ask(null, 'GET', '/ready')
  expect(ready.status).toBe(503)
  expect(ready.body).toMatchObject({
    ready: false,
    checks: [{ ok: true }, { ok: true }, { name: 'workers', ok: false }],
  })
})

it('figures count requests by pattern and never by path', async () => {
  await api.ask('viewer', 'GET', '/v1/servers/some-name')
  const text = String((await api.ask('viewer', 'GET', '/metrics')).body)
  expect(text).toContain('route="/v1/servers/:server"')
  expect(text).not.toContain('some-name')
})
