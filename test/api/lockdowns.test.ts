import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LockdownSettings } from '../../schema/lockdown.ts'
import type { OperationResult } from '../../schema/operation.ts'
import { onOwnServers, startTestApi, type TestApi } from '../support/api.ts'
import { startOperation, succeeded } from '../support/operations.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.stop())
const { register } = onOwnServers(() => api)

/** A server that is set up, and locked where told. */
async function prepared(flags: { securityLocked?: boolean } = {}): Promise<string> {
  const name = await register()
  const server = await api.store.servers.get(name)
  if (server !== null) await api.store.servers.setFlags(server.id, { setupComplete: true, ...flags })
  return name
}

describe('a lockdown', () => {
  it('is 400 where the server is not set up, and 404 where there is none', async () => {
    const early = await api.ask('operator', 'POST', `/v1/servers/${await register()}/lockdowns`, {})
    expect([early.status, early.text('code')]).toEqual([400, 'PRECONDITION_FAILED'])
    expect(early.text('suggestion')).toContain('/setups')
    expect((await api.ask('operator', 'POST', '/v1/servers/nowhere/lockdowns', {})).status).toBe(404)
  })

  it('is started with the defaults, and stands in the list', async () => {
    const server = await prepared()
    const answer = await api.ask('operator', 'POST', `/v1/servers/${server}/lockdowns`, {})
    expect(answer.status).toBe(202)
    expect(answer.body).toMatchObject({ operation: { kind: 'lockdown', server: { name: server } } })
    const operation = await api.store.operations.get(answer.text('operation.id'))
    expect(operation?.input).toMatchObject({
      settings: { revertAfterMs: 120_000, fail2ban: { retries: 5, banMs: 3_600_000, services: ['ssh', 'nginx'] } },
    })
    const list = await api.ask('viewer', 'GET', `/v1/servers/${server}/lockdowns`)
    expect(list.body).toMatchObject({ items: [{ kind: 'lockdown' }] })
  })

  it('of a server that another one is at is refused and names that', async () => {
    const server = await prepared()
    const first = await api.ask('operator', 'POST', `/v1/servers/${server}/lockdowns`, {})
    const second = await api.ask('operator', 'POST', `/v1/servers/${server}/lockdowns`, {})
    expect([second.status, second.text('code')]).toEqual([409, 'ALREADY_RUNNING'])
    expect(second.text('operation.id')).toBe(first.text('operation.id'))
  })

  it('of a locked server may be asked for again, and a dry run makes a preview of it', async () => {
    const server = await prepared({ securityLocked: true })
    const dry = await api.ask('operator', 'POST', `/v1/servers/${server}/lockdowns`, { dry_run: true })
    expect(dry.body).toMatchObject({ operation: { kind: 'preview' } })
    expect((await api.ask('operator', 'POST', `/v1/servers/${server}/lockdowns`, {})).status).toBe(202)
  })

  it('takes no time to prove the log-in in that is too short to be kept', async () => {
    const answer = await api.ask('operator', 'POST', `/v1/servers/${await prepared()}/lockdowns`, {
      revert_after_ms: 10,
    })
    expect([answer.status, answer.text('code')]).toEqual([422, 'VALIDATION_FAILED'])
  })
})

const resume = (id: string) => api.ask('operator', 'POST', `/v1/operations/${id}/resumption`, {})

describe('a lockdown that has ended', () => {
  const settings = LockdownSettings.parse({ ssh: { maxAuthTries: 3 }, revertAfterMs: 30_000 })
  const ended = async (name: string, result: OperationResult): Promise<string> => {
    const server = await api.store.servers.get(name)
    if (server === null) throw new Error('there is no such server')
    const { id } = await startOperation(api.store, server, { kind: 'lockdown', input: { settings } })
    await api.store.operations.end(id, result)
    return id
  }

  it('without bringing it about is resumed with what was asked for then', async () => {
    const id = await ended(await prepared(), { state: 'rolled_back', message: 'taken back' })
    const answer = await resume(id)
    expect(answer.status).toBe(202)
    expect(answer.body).toMatchObject({ operation: { kind: 'lockdown', resumes: id } })
    const operation = await api.store.operations.get(answer.text('operation.id'))
    expect(operation).toMatchObject({ resumes: id, input: { settings } })
  })

  it('well has nothing left to resume, and one of a server that is not set up any more cannot be', async () => {
    const done = await resume(await ended(await prepared(), succeeded))
    expect([done.status, JSON.stringify(done.body)]).toEqual([409, expect.stringContaining('nothing is left')])
    const early = await resume(await ended(await register(), { state: 'failed', message: 'it failed' }))
    expect([early.status, early.text('code')]).toEqual([400, 'PRECONDITION_FAILED'])
  })
})

describe('the revert of a lockdown', () => {
  it('is 400 where the server is not locked', async () => {
    const answer = await api.ask('operator', 'POST', `/v1/servers/${await prepared()}/lockdown-reverts`, {})
    expect([answer.status, answer.text('code')]).toEqual([400, 'PRECONDITION_FAILED'])
  })

  it('is started on a locked one', async () => {
    const server = await prepared({ securityLocked: true })
    const answer = await api.ask('operator', 'POST', `/v1/servers/${server}/lockdown-reverts`, {})
    expect(answer.status).toBe(202)
    expect(answer.body).toMatchObject({ operation: { kind: 'lockdown_revert', server: { name: server } } })
    const list = await api.ask('viewer', 'GET', `/v1/servers/${server}/lockdown-reverts`)
    expect(list.body).toMatchObject({ items: [{ kind: 'lockdown_revert' }] })
  })
})
