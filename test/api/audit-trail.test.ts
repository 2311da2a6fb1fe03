import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi, webServer } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
  await api.ask('admin', 'POST', '/v1/servers', { ...webServer, name: 'web-1' })
  await api.ask(
    'operator',
    'POST',
    '/v1/servers/web-1/commands',
    { command: 'uptime' },
    { 'x-drydock-interface': 'cli' },
  )
  await api.ask('viewer', 'POST', '/v1/tokens', { name: 'mine', role: 'admin' })
  await api.ask('admin', 'PUT', '/v1/secrets/root-key', { value: 'planted-value' })
})
afterAll(() => api.stop())

const actions = async (query: string): Promise<string[]> => {
  const { body } = await api.ask('admin', 'GET', `/v1/audit-trail?${query}`)
  return (JSON.stringify(body).match(/"action":"[^"]+"/g) ?? []).map((found) => found.slice(10, -1))
}

describe('the audit trail', () => {
  it('is newest first, filtered and paged', async () => {
    expect(await actions('')).toEqual(['secret.put', 'access.refused', 'command', 'server.add'])
    expect(await actions('security=true')).toEqual(['secret.put', 'access.refused'])
    expect(await actions('interface=cli')).toEqual(['command'])
    expect(await actions('success=false')).toEqual(['access.refused'])
    expect(await actions('server=web-1&action=server.add')).toEqual(['server.add'])
    const first = await api.ask('admin', 'GET', '/v1/audit-trail?limit=3')
    expect(await actions(`limit=3&before=${first.text('next')}`)).toEqual(['server.add'])
  })

  it.each([
    ['the past', 'to=0001-06-01T00:00:00Z', 0],
    ['all time, in an offset that PostgreSQL does not know', 'from=0192-02-16T02:30:46.878084%2B21:12', 4],
    ['the far future', 'from=9999-01-01T00:00:00Z', 0],
  ])('of %s is answered', async (_, query, count) => {
    expect(await actions(query)).toHaveLength(count)
  })

  it('is refused for a time that is none, and names it', async () => {
    const answer = await api.ask('admin', 'GET', '/v1/audit-trail?from=0000-01-01T00:00:00Z&to=yesterday')
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([422, expect.stringMatching(/"from".*"to"/)])
  })

  it('is exported oldest first, as JSON lines and as CSV, without a secret in it', async () => {
    const lines = await api.ask('admin', 'GET', '/v1/audit-trail/export')
    const csv = await api.ask('admin', 'GET', '/v1/audit-trail/export?format=csv')
    expect(String(lines.body).trim().split('\n')).toHaveLength(4)
    const rows = String(csv.body).trim().split('\r\n')
    expect(rows).toHaveLength(5)
    expect(rows[1]).toContain('server.add')
    expect(JSON.stringify([lines.body, csv.body])).not.toContain('planted-value')
  })
})
