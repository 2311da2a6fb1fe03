import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../schema/identity.ts'
import { onOwnServers, startTestApi, type TestApi, webServer } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())

const { register, run } = onOwnServers(() => api)

const byPassword = (name: string) => ({
  user: 'root',
  authentication: { method: 'password', password: { kind: 'stored', name } },
})
const printing = (name: string) => ({ command: 'true', secrets: { K: { kind: 'stored', name } } })

describe('the registry', () => {
  it('keeps what a change does not name', async () => {
    const server = await register({ tags: ['a'], environment: 'production', metadata: { rackUnit: 7 } })
    const changed = await api.ask('operator', 'PATCH', `/v1/servers/${server}`, { maintenance: true })
    expect(changed.body).toMatchObject({
      tags: ['a'],
      environment: 'production',
      metadata: { rackUnit: 7 },
      maintenance: true,
    })
  })

  it('keeps why a server is in maintenance as long as it is, and the audit trail keeps who has said so', async () => {
    const path = `/v1/servers/${await register({})}`
    const on = { maintenance: true, maintenance_reason: 'new disks' }
    expect((await api.ask('operator', 'PATCH', path, on)).body).toMatchObject(on)
    expect((await api.ask('operator', 'PATCH', path, { tags: ['a'] })).body).toMatchObject(on)
    const off = await api.ask('operator', 'PATCH', path, { maintenance: false })
    const { id, ...left } = Object(off.body)
    expect(left).toMatchObject({ maintenance: false })
    expect(left).not.toHaveProperty('maintenance_reason')
    expect((await api.ask('operator', 'PATCH', path, { maintenance_reason: 'none' })).status).toBe(422)
    const filters = { server: String(id), action: 'server.change', success: true }
    const said = (await api.store.audit.list({ filters, limit: 9 })).filter(
      ({ parameters }) => 'maintenance' in parameters,
    )
    const [ended, begun] = said
    expect([begun?.parameters, ended?.parameters]).toMatchObject([
      { maintenance: true, reason: 'new disks' },
      { maintenance: false, reason: null },
    ])
  })

  it('takes away by null what may be missing, and nothing else', async () => {
    const jump = { hostname: 'bastion', port: 22, login: webServer.root }
    const server = await register({ alternate_port: 2222, jump })
    const path = `/v1/servers/${server}`
    expect((await api.ask('viewer', 'GET', path)).body).toMatchObject({ alternate_port: 2222, jump: { port: 22 } })
    const changed = await api.ask('operator', 'PATCH', path, { alternate_port: null, jump: null })
    expect(changed.status).toBe(200)
    for (const field of ['alternate_port', 'jump']) expect(changed.body).not.toHaveProperty(field)
    expect((await api.ask('operator', 'PATCH', path, { hostname: null })).status).toBe(422)
  })

  it('removes no server on which an operation is open', async () => {
    const server = await register()
    const running = await run(server, { command: 'uptime' })
    const refused = await api.ask('operator', 'DELETE', `/v1/servers/${server}`)
    expect([refused.status, refused.text('error')]).toEqual([
      409,
      expect.stringContaining(running.text('operation.id')),
    ])
  })

  it('lets no operator make a server look less dangerous', async () => {
    const server = await register({ environment: 'production', services: ['db'] })
    const change = (role: Role, body: Record<string, unknown>) => api.ask(role, 'PATCH', `/v1/servers/${server}`, body)
    for (const wanted of [{ environment: 'development' }, { services: [] }, { device_type: 'wsl2' }])
      expect((await change('operator', wanted)).status).toBe(403)
    expect((await change('operator', { environment: 'production', tags: ['x'] })).status).toBe(200)
    expect((await change('approver', { environment: 'development' })).status).toBe(200)
  })

  it('takes no flag and no host key by a change', async () => {
    const server = await register()
    await api.ask('admin', 'PATCH', `/v1/servers/${server}`, {
      setup_complete: true,
      security_locked: true,
      host_keys: [{}],
    })
    const shown = await api.ask('viewer', 'GET', `/v1/servers/${server}`)
    expect(shown.body).toMatchObject({ setup_complete: false, security_locked: false, host_keys: [] })
  })

  it('lets nobody but an admin send the log-in of a server elsewhere', async () => {
    const [login, other] = [`login-${uuidv7().slice(-12)}`, `other-${uuidv7().slice(-12)}`]
    for (const name of [login, other])
      await api.ask('admin', 'PUT', `/v1/secrets/${name}`, { value: `value of ${name}` })
    const server = await register({ root: byPassword(login) })
    const mine = (name: string) => ({ ...webServer, name: `mine-${uuidv7().slice(-12)}`, root: byPassword(name) })

    const forbidden = [403, expect.stringContaining(`${login} is what a server is logged in to with`)]
    const given = await run(server, printing(login))
    expect([given.status, given.text('error')]).toEqual(forbidden)
    const sent = await api.ask('operator', 'POST', '/v1/servers', mine(login))
    expect([sent.status, sent.text('error')]).toEqual(forbidden)

    expect((await run(server, printing(other))).status).toBe(202)
    expect((await api.ask('operator', 'POST', '/v1/servers', mine(other))).status).toBe(201)
    expect((await api.ask('admin', 'POST', `/v1/servers/${server}/commands`, printing(login))).status).toBe(202)
  })

  it('starts no command with a secret that is not there', async () => {
    const answer = await run(await register(), { command: 'true', secrets: { K: { kind: 'stored', name: 'nosuch' } } })
    expect([answer.status, answer.text('error')]).toEqual([422, 'secrets.K: there is no secret named nosuch'])
  })

  it('pages by name', async () => {
    for (let at = 0; at < 3; at++) await register({ tags: ['paged'] })
    const seen: string[] = []
    for (let after = ''; ; ) {
      const answer = await api.ask('viewer', 'GET', `/v1/servers?tag=paged&limit=2${after && `&after=${after}`}`)
      seen.push(...(JSON.stringify(answer.body).match(/"name":"web-[^"]+"/g) ?? []))
      after = answer.text('next')
      if (after === '') break
    }
    expect(new Set(seen).size).toBe(3)
    expect(seen).toHaveLength(3)
  })
})
