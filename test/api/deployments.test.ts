// oxlint-disable-next-line import/no-unassigned-import -- before any schema is made: it gives them what the API describes itself with
import '@hono/zod-openapi'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Application } from '../../schema/application.ts'
import { onOwnServers, startTestApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())
const { register } = onOwnServers(() => api)

const actor = { name: 'ada', kind: 'person', role: 'admin', interface: 'api' } as const

async function prepared(change: Record<string, unknown> = {}): Promise<{ id: string; name: string }> {
  const name = await register()
  const server = await api.store.servers.get(name)
  if (server === null) throw new Error('not registered')
  await api.store.servers.setFlags(server.id, { setupComplete: true })
  if (Object.keys(change).length > 0)
    expect((await api.ask('admin', 'PATCH', `/v1/servers/${name}`, change)).status).toBe(200)
  return { id: server.id, name }
}

const named = (): string => `shop-${randomUUID().slice(0, 8)}`
const definition = (name: string, change: Record<string, unknown> = {}) => ({
  name,
  version: '1.0.0',
  artifact: { source: 'https://example.net/shop.tar.gz', sha256: 'a'.repeat(64) },
  units: [{ name: 'shop' }],
  ...change,
})
const deploy = (name: string, body: Record<string, unknown>) =>
  api.ask('operator', 'POST', `/v1/applications/${name}/deployments`, body)
const goBack = (name: string, body: Record<string, unknown> = {}) =>
  api.ask('operator', 'POST', `/v1/applications/${name}/rollbacks`, body)

const idOf = ({ body }: { body: unknown }): string => Object(Object(body).operation).id

/** Has a release served on a server, as a deployment that ended well leaves it. */
async function served(name: string, server: { id: string; name: string }, release: string): Promise<void> {
  const started = await deploy(name, { definition: definition(name), server: server.name, dry_run: true })
  const [operation] = await api.store.operations.list({ server: server.id, kind: 'preview', limit: 1 })
  expect([started.status, operation === undefined]).toEqual([202, false])
  const { version, ...rest } = Application.parse(definition(name, { version: release.split('-')[0] }))
  await api.store.releases.record({
    operationId: operation?.id ?? '',
    serverId: server.id,
    release,
    definition: { ...rest, version },
  })
}

describe('a deployment', () => {
  it('is started on the server that is named, and stands in the list of its application', async () => {
    const [name, server] = [named(), await prepared()]
    const answer = await deploy(name, { definition: definition(name), server: server.name })
    expect(answer.status).toBe(202)
    expect(answer.body).toMatchObject({
      operation: { kind: 'deployment', title: `Deploy ${name} 1.0.0 on ${server.name}`, server: { name: server.name } },
    })
    const list = await api.ask('viewer', 'GET', `/v1/applications/${name}/deployments`)
    expect(list.body).toMatchObject({ items: [{ kind: 'deployment' }], next: null })
    expect((await api.ask('viewer', 'GET', `/v1/applications/other/deployments`)).body).toMatchObject({ items: [] })
  })

  it('goes to the hosts that the definition names: one by itself, several under a parent', async () => {
    const [name, server, other, alone] = [named(), await prepared(), await prepared(), await prepared()]
    const one = await deploy(name, { definition: definition(name, { hosts: [alone.name] }) })
    expect([one.status, one.body]).toMatchObject([202, { operation: { kind: 'deployment' } }])
    const hosts = [server.name, other.name]
    const several = await deploy(name, { definition: definition(name, { hosts }) })
    expect([several.status, several.body]).toMatchObject([
      202,
      { operation: { kind: 'fleet', server: null, title: `Deploy ${name} 1.0.0 on 2 servers` } },
    ])
    const dry = await deploy(name, { definition: definition(name, { hosts }), dry_run: true })
    const lost = await deploy(name, { definition: definition(name, { hosts: [server.name, 'nowhere'] }) })
    expect([dry.status, lost.status]).toEqual([422, 404])
  })

  it('is one at a time of an application and server, and of another application beside it', async () => {
    const [name, other, server, elsewhere] = [named(), named(), await prepared(), await prepared()]
    await served(name, server, '1.0.0-aaaaaaaa')
    await served(name, server, '2.0.0-bbbbbbbb')
    const first = await deploy(name, { definition: definition(name), server: server.name })
    expect(first.status).toBe(202)
    const running = [409, { code: 'ALREADY_RUNNING', operation: { id: idOf(first) } }]
    const second = await deploy(name, { definition: definition(name), server: server.name })
    expect([second.status, second.body]).toMatchObject(running)
    expect(second.text('error')).toContain(`Deploy ${name} 1.0.0 on ${server.name}`)
    const back = await goBack(name)
    expect([back.status, back.body]).toMatchObject(running)
    const several = await deploy(name, { definition: definition(name, { hosts: [elsewhere.name, server.name] }) })
    expect([several.status, several.body]).toMatchObject(running)
    expect((await deploy(other, { definition: definition(other), server: server.name })).status).toBe(202)
    expect((await deploy(name, { definition: definition(name), server: elsewhere.name })).status).toBe(202)
    const list = await api.ask('viewer', 'GET', `/v1/applications/${name}/deployments`)
    expect(list.body).toMatchObject({ items: [{ state: 'waiting' }, { state: 'refused' }, { id: idOf(first) }] })
  })

  it('to several servers is the only one on each of them, also where it has not begun yet', async () => {
    const [name, one, other] = [named(), await prepared(), await prepared()]
    const hosts = [one.name, other.name]
    const first = await deploy(name, { definition: definition(name, { hosts }) })
    const second = await deploy(name, { definition: definition(name), server: other.name })
    expect([second.status, second.body]).toMatchObject([409, { operation: { id: idOf(first), kind: 'fleet' } }])
    const key = { 'idempotency-key': randomUUID() }
    const ask = () => api.ask('operator', 'POST', `/v1/applications/x${name}/deployments`, again, key)
    const again = { definition: definition(`x${name}`, { hosts }) }
    const [begun, repeated] = [await ask(), await ask()]
    expect([begun.status, repeated.status, idOf(repeated)]).toEqual([202, 202, idOf(begun)])
  })

  it('keeps the version that its secrets have now, and none of their values', async () => {
    const [name, server] = [named(), await prepared()]
    for (const value of ['first', 'second-planted']) await api.store.secrets.put({ name: 'shop-db', value, actor })
    const environment = { PASSWORD: { secret: 'shop-db' }, PORT: 80 }
    const answer = await deploy(name, { definition: definition(name, { environment }), server: server.name })
    const [operation] = await api.store.operations.list({ application: name, limit: 1 })
    expect(answer.status).toBe(202)
    expect(operation?.input).toMatchObject({
      definition: { environment: { PASSWORD: { secret: 'shop-db', version: 2 }, PORT: 80 } },
    })
    expect(JSON.stringify(operation)).not.toContain('planted')
  })

  it('is refused without setup, in maintenance, of another name, and with a secret that is not there', async () => {
    const name = named()
    const on = async (server: string, change: Record<string, unknown> = {}) => {
      const answer = await deploy(name, { definition: definition(name, change), server })
      return [answer.status, answer.text('code')]
    }
    expect(await on(await register())).toEqual([400, 'PRECONDITION_FAILED'])
    const resting = await prepared({ maintenance: true, maintenance_reason: 'new disks' })
    expect(await on(resting.name)).toEqual([409, 'CONFLICT'])
    const told = await deploy(name, { definition: definition(name), server: resting.name })
    expect(told.text('error')).toContain(`${resting.name} is in maintenance: new disks.`)
    const { name: server } = await prepared()
    expect(await on(server, { name: 'other' })).toEqual([422, 'VALIDATION_FAILED'])
    expect(await on(server, { environment: { A: { secret: 'nobody-stored-it' } } })).toEqual([422, 'VALIDATION_FAILED'])
  })
})

describe('a rollback', () => {
  it('goes to the release before, or to the one that is named or its version', async () => {
    const [name, server] = [named(), await prepared()]
    await served(name, server, '1.0.0-aaaaaaaa')
    await served(name, server, '2.0.0-bbbbbbbb')
    const back = await goBack(name)
    expect(back.status).toBe(202)
    expect(back.body).toMatchObject({ operation: { title: `Roll ${name} back to 1.0.0-aaaaaaaa on ${server.name}` } })
    const dry = await goBack(name, { release: '2.0.0', dry_run: true })
    expect(dry.body).toMatchObject({ operation: { kind: 'preview', title: expect.stringContaining('2.0.0-bbbbbbbb') } })
  })

  it('to a release that nobody knows is refused with the list of those that are known', async () => {
    const [name, server] = [named(), await prepared()]
    await served(name, server, '1.0.0-aaaaaaaa')
    const unknown = await goBack(name, { release: '9.9.9' })
    expect([unknown.status, unknown.text('suggestion')]).toEqual([409, expect.stringContaining('1.0.0-aaaaaaaa')])
    expect((await goBack(name)).status).toBe(409)
    expect((await goBack(named())).status).toBe(404)
  })

  it('shows what serves, what has served, and who brought it', async () => {
    const [name, server] = [named(), await prepared()]
    await served(name, server, '1.0.0-aaaaaaaa')
    await served(name, server, '2.0.0-bbbbbbbb')
    const { body } = await api.ask('viewer', 'GET', `/v1/applications/${name}/releases`)
    expect(body).toMatchObject({
      items: [
        { release: '2.0.0-bbbbbbbb', active: true, server: { name: server.name }, sha256: 'a'.repeat(64) },
        { release: '1.0.0-aaaaaaaa', active: false },
      ],
    })
    expect(JSON.stringify(body)).not.toContain('definition')
  })
})
