import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onOwnServers, startTestApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())
const { register } = onOwnServers(() => api)

const act = async (server: string, body: Record<string, unknown>) =>
  api.ask('operator', 'POST', `/v1/servers/${server}/service-actions`, body)

const define = (server: string, body: Record<string, unknown>) =>
  api.ask('operator', 'POST', `/v1/servers/${server}/service-definitions`, body)

describe('a service action', () => {
  it('is started with the defaults, says in its title what it does, and stands in the list', async () => {
    const server = await register()
    const answer = await act(server, { service: 'nginx', action: 'restart' })
    expect(answer.status).toBe(202)
    expect(answer.body).toMatchObject({
      operation: { kind: 'service_action', title: `Restart nginx on ${server}`, server: { name: server } },
    })
    const operation = await api.store.operations.get(answer.text('operation.id'))
    expect(operation?.input).toEqual({
      settings: { service: 'nginx', action: 'restart', scope: 'system', now: false, timeoutMs: 60_000 },
    })
    const list = await api.ask('viewer', 'GET', `/v1/servers/${server}/service-actions`)
    expect(list.body).toMatchObject({ items: [{ kind: 'service_action' }] })
  })

  it('of one server may wait behind another, and a dry run makes a preview of it', async () => {
    const server = await register()
    expect((await act(server, { service: 'nginx', action: 'stop' })).status).toBe(202)
    expect((await act(server, { service: 'redis', action: 'stop' })).status).toBe(202)
    const dry = await act(server, { service: 'redis', action: 'enable', now: true, dry_run: true })
    expect(dry.body).toMatchObject({
      operation: { kind: 'preview', title: `Plan: Enable and start redis on ${server}` },
    })
  })

  it.each([
    [{ service: 'nginx', action: 'mask' }],
    [{ service: '', action: 'stop' }],
    [{ service: '--now', action: 'stop' }],
    [{ service: 'a b', action: 'stop' }],
    [{ service: 'nginx*', action: 'stop' }],
    [{ service: 'x; reboot', action: 'stop' }],
    [{ service: 'nginx', action: 'stop', timeout_ms: 5 }],
    [{ action: 'stop' }],
  ])('%j is 422', async (body) => {
    const answer = await act(await register(), body)
    expect([answer.status, answer.text('code')]).toEqual([422, 'VALIDATION_FAILED'])
  })

  it("of the application user's own systemd is 400 before that user is there", async () => {
    const server = await register()
    const body = { service: 'app', action: 'restart', scope: 'user' }
    expect((await act(server, body)).status).toBe(400)
    const found = await api.store.servers.get(server)
    if (found !== null) await api.store.servers.setFlags(found.id, { setupComplete: true })
    expect((await act(server, body)).status).toBe(202)
  })
})

describe('a definition of a service', () => {
  const definition = { description: 'The web', command: ['/usr/bin/node', 'server.js'] }
  it('is started with the defaults, and stands in the list', async () => {
    const server = await register()
    const answer = await define(server, { service: 'web', definition })
    expect(answer.status).toBe(202)
    expect(answer.body).toMatchObject({
      operation: { kind: 'service_definition', title: `Bring web on ${server} to its definition` },
    })
    const operation = await api.store.operations.get(answer.text('operation.id'))
    expect(operation?.input).toMatchObject({
      settings: { enabled: true, state: 'running', definition: { restart: 'on-failure', restartMs: 1_000 } },
    })
    const list = await api.ask('viewer', 'GET', `/v1/servers/${server}/service-definitions`)
    expect(list.body).toMatchObject({ items: [{ kind: 'service_definition' }] })
    expect((await define(server, { service: 'web', definition, dry_run: true })).text('operation.kind')).toBe('preview')
  })

  it.each([
    [{ service: 'web', definition: { ...definition, command: ['node'] } }, 'definition.command.0'],
    [{ service: 'web', definition: { ...definition, ExecStart: '/bin/true' } }, 'definition'],
    [{ service: 'web.timer', definition }, 'service'],
    [{ service: 'web', definition: { ...definition, environment: { A: 'x\ny' } } }, 'definition.environment.A'],
  ])('%j is 422 and names %s', async (body, field) => {
    const answer = await define(await register(), body)
    expect(answer.status).toBe(422)
    expect(answer.body).toMatchObject({ issues: [{ field }] })
  })
})

describe('a journal', () => {
  it('is read as an operation whose output has the lines', async () => {
    const server = await register()
    const path = `/v1/servers/${server}/services/nginx/journals`
    const answer = await api.ask('operator', 'POST', path, {})
    expect(answer.status).toBe(202)
    expect(answer.body).toMatchObject({
      operation: { kind: 'journal', title: `Read the journal of nginx on ${server}` },
    })
    const operation = await api.store.operations.get(answer.text('operation.id'))
    expect(operation?.input).toEqual({
      settings: { service: 'nginx', scope: 'system', lines: 100, format: 'text', follow: false, followMs: 3_600_000 },
    })
    const list = await api.ask('viewer', 'GET', `/v1/servers/${server}/journals`)
    expect(list.body).toMatchObject({ items: [{ kind: 'journal' }] })
    for (const body of [{ lines: 0 }, { since: 'yesterday' }, { priority: 'loud' }, { follow_ms: 1 }])
      expect([body, (await api.ask('operator', 'POST', path, body)).status]).toEqual([body, 422])
  })
})

describe('a look at services', () => {
  it('says that no worker is there to look', async () => {
    const server = await register()
    for (const path of ['services', 'services/nginx']) {
      const answer = await api.ask('viewer', 'GET', `/v1/servers/${server}/${path}`)
      expect([path, answer.status, answer.text('code')]).toEqual([path, 503, 'SERVICE_UNAVAILABLE'])
    }
  })

  it('takes no name that systemd would not', async () => {
    const answer = await api.ask(
      'viewer',
      'GET',
      `/v1/servers/${await register()}/services/${encodeURIComponent('--all')}`,
    )
    expect([answer.status, answer.text('code')]).toEqual([422, 'VALIDATION_FAILED'])
  })
})
