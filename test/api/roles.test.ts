import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeApi } from '../../api/docs.ts'
import { mayActAs, Role } from '../../schema/identity.ts'
import { startTestApi, type TestApi } from '../support/api.ts'

/** Who may ask what: the least role of every route. A route that is not here fails the test. */
const matrix: Record<string, Role | 'anyone'> = {
  'GET /health': 'anyone',
  'GET /ready': 'anyone',
  'GET /metrics': 'viewer',
  'GET /v1/servers': 'viewer',
  'POST /v1/servers': 'operator',
  'GET /v1/servers/{server}': 'viewer',
  'PATCH /v1/servers/{server}': 'operator',
  'DELETE /v1/servers/{server}': 'operator',
  'GET /v1/servers/{server}/host-key': 'viewer',
  'PUT /v1/servers/{server}/host-key': 'admin',
  'POST /v1/host-key-scans': 'operator',
  'POST /v1/servers/{server}/connection-tests': 'operator',
  'GET /v1/servers/{server}/readiness': 'viewer',
  'GET /v1/servers/{server}/configuration-validation': 'viewer',
  'POST /v1/servers/{server}/setups': 'operator',
  'GET /v1/servers/{server}/setups': 'viewer',
  'POST /v1/servers/{server}/lockdowns': 'operator',
  'GET /v1/servers/{server}/lockdowns': 'viewer',
  'POST /v1/servers/{server}/lockdown-reverts': 'operator',
  'GET /v1/servers/{server}/lockdown-reverts': 'viewer',
  'POST /v1/servers/{server}/key-rotations': 'operator',
  'GET /v1/servers/{server}/key-rotations': 'viewer',
  'POST /v1/servers/{server}/audits': 'operator',
  'GET /v1/servers/{server}/audits': 'viewer',
  'GET /v1/servers/{server}/audits/{id}': 'viewer',
  'GET /v1/servers/{server}/assessment': 'viewer',
  'POST /v1/servers/{server}/monitoring': 'operator',
  'GET /v1/servers/{server}/monitoring': 'viewer',
  'DELETE /v1/servers/{server}/monitoring': 'operator',
  'GET /v1/servers/{server}/services': 'viewer',
  'GET /v1/servers/{server}/services/{service}': 'viewer',
  'POST /v1/servers/{server}/services/{service}/journals': 'operator',
  'GET /v1/servers/{server}/journals': 'viewer',
  'POST /v1/servers/{server}/service-definitions': 'operator',
  'GET /v1/servers/{server}/service-definitions': 'viewer',
  'POST /v1/servers/{server}/service-actions': 'operator',
  'GET /v1/servers/{server}/service-actions': 'viewer',
  'POST /v1/applications/{application}/deployments': 'operator',
  'GET /v1/applications/{application}/deployments': 'viewer',
  'POST /v1/applications/{application}/rollbacks': 'operator',
  'GET /v1/applications/{application}/rollbacks': 'viewer',
  'GET /v1/applications/{application}/releases': 'viewer',
  'POST /v1/applications/{application}/prerequisites': 'operator',
  'POST /v1/servers/{server}/commands': 'operator',
  'GET /v1/servers/{server}/commands': 'viewer',
  'POST /v1/uploads': 'operator',
  'POST /v1/servers/{server}/transfers': 'operator',
  'GET /v1/servers/{server}/transfers': 'viewer',
  'GET /v1/servers/{server}/transfers/{id}/content': 'operator',
  'POST /v1/servers/{server}/sessions': 'operator',
  'GET /v1/servers/{server}/sessions': 'viewer',
  'GET /v1/servers/{server}/sessions/{name}': 'viewer',
  'PATCH /v1/servers/{server}/sessions/{name}': 'operator',
  'DELETE /v1/servers/{server}/sessions/{name}': 'operator',
  'POST /v1/fleet-operations': 'operator',
  'GET /v1/fleet-operations': 'viewer',
  'POST /v1/operations/{id}/rollback': 'operator',
  'GET /v1/operations': 'viewer',
  'GET /v1/operations/{id}': 'viewer',
  'POST /v1/operations/{id}/cancellation': 'operator',
  'POST /v1/operations/{id}/resumption': 'operator',
  'POST /v1/operations/{id}/signals': 'operator',
  'GET /v1/operations/{id}/events': 'viewer',
  'GET /v1/events': 'viewer',
  'GET /v1/operations/{id}/output': 'viewer',
  'GET /v1/operations/{id}/approval': 'viewer',
  'POST /v1/operations/{id}/approval': 'approver',
  'GET /v1/approvals': 'viewer',
  'GET /v1/guard-report': 'viewer',
  'GET /v1/audit-trail': 'admin',
  'GET /v1/audit-trail/export': 'admin',
  'GET /v1/tokens': 'admin',
  'POST /v1/tokens': 'admin',
  'DELETE /v1/tokens/{name}': 'admin',
  'GET /v1/secrets': 'admin',
  'PUT /v1/secrets/{name}': 'admin',
  'DELETE /v1/secrets/{name}': 'admin',
  'GET /v1/pool': 'viewer',
  'GET /debug/config': 'admin',
  'POST /debug/cpu-profile': 'admin',
  'POST /debug/heap-snapshot': 'admin',
}

/** Not reached in the matrix beyond the door: they take seconds, or pause the process. */
const heavy = ['POST /debug/cpu-profile', 'POST /debug/heap-snapshot']

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())

type Declared = { key: string; method: string; path: string; role: string; audit: string | undefined }

function declared(): Declared[] {
  const { paths = {} } = describeApi(api.app)
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item ?? {}).map(([method, operation]: [string, Record<string, string | undefined>]) => ({
      key: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      role: String(operation['x-drydock-role']),
      audit: operation['x-drydock-audit'],
    })),
  )
}

const concrete = (path: string): string =>
  path
    .replace('{server}', 'nowhere')
    .replace('{id}', uuidv7())
    .replace('{name}', 'nothing')
    .replace('{application}', 'shop')
    .replace('{service}', 'nginx')

/** By path where asking is enough to be told who may; the approval is decided on by the store, whose answer differs by role. */
const bodyOf = ({ key, method }: Declared): unknown =>
  key === 'POST /v1/operations/{id}/approval'
    ? { decision: 'confirm' }
    : method === 'GET' || method === 'DELETE'
      ? undefined
      : {}

describe('every route with every role', () => {
  it('is as the table says', () => {
    expect(Object.fromEntries(declared().map(({ key, role }) => [key, role]))).toEqual(matrix)
  })

  it('lets in nobody below it, tells them why, and records that they tried', async () => {
    for (const route of declared().filter(({ role }) => role !== 'anyone')) {
      const nobody = await api.ask(null, route.method, concrete(route.path), bodyOf(route))
      expect([route.key, nobody.status, nobody.text('code')]).toEqual([route.key, 401, 'AUTHENTICATION_REQUIRED'])
      for (const role of Role.options.filter((candidate) => !mayActAs(candidate, Role.parse(route.role)))) {
        if (route.key === 'POST /v1/operations/{id}/approval') continue // below: its refusals are the store's
        const answer = await api.ask(role, route.method, concrete(route.path), bodyOf(route))
        expect([route.key, role, answer.status, answer.text('code')]).toEqual([route.key, role, 403, 'FORBIDDEN'])
      }
    }
    const [record] = await api.store.audit.list({ filters: { action: 'access.refused' }, limit: 1 })
    expect(record).toMatchObject({ success: false, security: true, actor: 'the-approver' })
  })

  it('lets in everybody at it and above', async () => {
    for (const route of declared().filter(({ key, role }) => role !== 'anyone' && !heavy.includes(key))) {
      if (route.key === 'GET /v1/events') continue // a stream without an end: test/api/events.test.ts
      for (const role of Role.options.filter((candidate) => mayActAs(candidate, Role.parse(route.role)))) {
        const { status } = await api.ask(role, route.method, concrete(route.path), bodyOf(route))
        expect([route.key, role, [401, 403, 500].includes(status)]).toEqual([route.key, role, false])
      }
    }
  })
})

describe('the audit trail', () => {
  it('has a name for every route that changes something', () => {
    const silent = declared().filter(({ method, audit }) => method !== 'GET' && !audit)
    expect(silent).toEqual([])
  })

  it('has a record of every request to one, also of those that failed', async () => {
    for (const route of declared().filter(({ key, audit }) => audit && !heavy.includes(key))) {
      const id = `audit-${uuidv7()}`
      await api.ask('admin', route.method, concrete(route.path), bodyOf(route), { 'x-correlation-id': id })
      const recent = await api.store.audit.list({ filters: { action: route.audit ?? '' }, limit: 1 })
      expect([route.key, recent[0]?.correlationId, recent[0]?.actor]).toEqual([route.key, id, 'the-admin'])
    }
  })
})

describe('a token', () => {
  it('that is wrong, empty, revoked or not a bearer is 401', async () => {
    const headers = ['Bearer wrong', 'Bearer ', 'Basic YTpi', `Token ${api.tokens.admin}`, api.tokens.admin]
    for (const authorization of headers) {
      const answer = await api.ask(null, 'GET', '/v1/servers', undefined, { authorization })
      expect([authorization, answer.status]).toEqual([authorization, 401])
    }
    const made = await api.ask('admin', 'POST', '/v1/tokens', { name: 'short-lived', role: 'viewer' })
    const authorization = `Bearer ${made.text('token')}`
    expect((await api.ask(null, 'GET', '/v1/servers', undefined, { authorization })).status).toBe(200)
    expect((await api.ask('admin', 'DELETE', '/v1/tokens/short-lived')).status).toBe(204)
    expect((await api.ask(null, 'GET', '/v1/servers', undefined, { authorization })).status).toBe(401)
  })
  it('cannot revoke itself, by name or by id: nobody is locked out by the last one', async () => {
    const own = (await api.store.tokens.list()).find((token) => token.name === 'the-admin')
    for (const name of ['the-admin', own?.id ?? '']) {
      expect((await api.ask('admin', 'DELETE', `/v1/tokens/${name}`)).status).toBe(409)
    }
    expect((await api.ask('admin', 'GET', '/v1/tokens')).status).toBe(200)
  })
})
