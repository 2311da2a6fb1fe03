import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onOwnServers, startTestApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())
const { register } = onOwnServers(() => api)

const actor = { name: 'ada', kind: 'person', role: 'admin', interface: 'api' } as const

/** A server that is set up, whose application user logs in by this reference. */
async function prepared(key: Record<string, unknown> = { kind: 'stored', name: 'app-key' }): Promise<string> {
  const name = await register()
  const app = { user: 'app', authentication: { method: 'key', key } }
  const changed = await api.ask('admin', 'PATCH', `/v1/servers/${name}`, { app })
  expect(changed.status).toBe(200)
  const server = await api.store.servers.get(name)
  if (server !== null) await api.store.servers.setFlags(server.id, { setupComplete: true })
  return name
}
const rotate = (server: string, body: Record<string, unknown> = {}) =>
  api.ask('operator', 'POST', `/v1/servers/${server}/key-rotations`, body)

describe('a key rotation', () => {
  it('is started without any wish, once at a time, and stands in the list', async () => {
    const server = await prepared()
    const answer = await rotate(server)
    expect(answer.status).toBe(202)
    expect(answer.body).toMatchObject({ operation: { kind: 'key_rotation', server: { name: server } } })
    const list = await api.ask('viewer', 'GET', `/v1/servers/${server}/key-rotations`)
    expect(list.body).toMatchObject({ items: [{ kind: 'key_rotation' }] })
    const second = await rotate(server)
    expect([second.status, second.text('code')]).toEqual([409, 'ALREADY_RUNNING'])
  })

  it('can be planned only, beside one that runs', async () => {
    const server = await prepared()
    expect((await rotate(server)).status).toBe(202)
    const answer = await rotate(server, { dry_run: true })
    expect(answer.status).toBe(202)
    expect(answer.body).toMatchObject({ operation: { kind: 'preview', server: { name: server } } })
  })

  it('is 400 where the server is not set up', async () => {
    const answer = await rotate(await register())
    expect([answer.status, answer.text('code')]).toEqual([400, 'PRECONDITION_FAILED'])
    expect(answer.text('suggestion')).toContain('/setups')
  })

  it.each([
    ['the environment', { kind: 'env', variable: 'APP_KEY' }],
    ['a file', { kind: 'file', path: '/etc/app.key' }],
    ['a command', { kind: 'command', argv: ['pass', 'app'] }],
  ])('of a key from %s needs the name of a prepared one', async (_, key) => {
    await api.store.secrets.put({ name: 'prepared', value: 'a key', actor })
    const server = await prepared(key)
    const refused = await rotate(server)
    expect([refused.status, refused.text('code')]).toEqual([400, 'PRECONDITION_FAILED'])
    expect(refused.text('suggestion')).toContain('--key-secret')
    expect((await rotate(server, { key_secret: 'prepared' })).status).toBe(202)
  })

  it('takes no name of a secret that is not there', async () => {
    const answer = await rotate(await prepared(), { key_secret: 'nobody-stored-this' })
    expect([answer.status, answer.text('code')]).toEqual([422, 'VALIDATION_FAILED'])
  })
})
