import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type LoopbackSshd, startLoopbackSshd } from '../../lab/index.ts'
import { type Answer, type Installation, install, until, type WorkerProcess } from '../support/installation.ts'

let sshd: LoopbackSshd
let drydock: Installation
let worker: WorkerProcess
beforeAll(async () => {
  ;[sshd, drydock] = await Promise.all([startLoopbackSshd(), install()])
  worker = await drydock.startWorker()
  const key = readFileSync(sshd.keyPath, 'utf8')
  await drydock.ask('PUT', '/v1/secrets/key', { value: key })
  const authentication = { method: 'key', key: { kind: 'stored', name: 'key' } }
  const login = { user: sshd.user, authentication }
  const server = { name: 'web-1', hostname: sshd.addresses[0], port: sshd.port, root: login, app: login }
  const added = await drydock.ask('POST', '/v1/servers', { ...server, scan_host_keys: true })
  expect(added.status, JSON.stringify(added.body)).toBe(201)
  expect(added.body.host_keys).toEqual(sshd.hostKeys)
})
afterAll(async () => {
  await drydock.close()
  await sshd.stop()
})

const run = (body: Record<string, unknown>, headers: Record<string, string> = { prefer: 'wait=20' }): Promise<Answer> =>
  drydock.ask('POST', '/v1/servers/web-1/commands', body, 'operator', headers)
const Approval = z.object({
  assessment: z.object({ phrase: z.string(), checklist: z.array(z.object({ id: z.string() })) }),
})
const at = (answer: Answer, path: string): string =>
  String(
    path
      .split('.')
      .reduce<unknown>(
        (value, name) =>
          typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined,
        answer.body,
      ),
  )

describe('with a worker and a host', () => {
  it('a connection test says what was tried, and readiness remembers it', async () => {
    const tested = await drydock.ask('POST', '/v1/servers/web-1/connection-tests', undefined, 'operator')
    expect(tested.status, JSON.stringify(tested.body)).toBe(200)
    expect(tested.body).toMatchObject({ success: true, status: 'healthy', server: { name: 'web-1' } })
    const ready = await drydock.ask('GET', '/v1/servers/web-1/readiness')
    expect(ready.body).toMatchObject({ connection_healthy: true, ready: false })
  })

  it('a waiting start answers with the end, the exit code and the output', async () => {
    const answer = await run({ command: 'echo out; echo err >&2; exit 3' })
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    expect(answer.body).toMatchObject({
      operation: { state: 'failed', result: { exit_code: 3 } },
      command: { exit_code: 3, stdout: 'out\n', stderr: 'err\n', timed_out: false },
    })
  })

  it('a destructive command waits for a person, is confirmed, and runs once', async () => {
    const asked = await run({ command: 'rm -rf /srv/drydock-no-such/* && echo ran' })
    expect(asked.status, JSON.stringify(asked.body)).toBe(202)
    expect(asked.body).toMatchObject({
      operation: { state: 'awaiting_approval' },
      blocked: { status: 'DESTRUCTIVE_ACTION_BLOCKED' },
    })
    const id = at(asked, 'operation.id')
    const { assessment } = Approval.parse((await drydock.ask('GET', `/v1/operations/${id}/approval`)).body)
    const acknowledged = assessment.checklist.map((item) => item.id)
    const decision = { decision: 'confirm', phrase: assessment.phrase, acknowledged }
    const confirm = () => drydock.ask('POST', `/v1/operations/${id}/approval`, decision, 'approver')
    const statuses = (await Promise.all([confirm(), confirm(), confirm()])).map(({ status }) => status)
    expect(statuses.toSorted((one, other) => one - other)).toEqual([200, 409, 409])
    const ended = await until(async () => {
      const now = await drydock.operation(id)
      return now.result === null ? null : now
    })
    expect(ended.state).toBe('succeeded')
    const runs = await drydock.store.runs.ofOperation(id)
    expect(runs).toHaveLength(1)
    expect(await drydock.store.outputs.result(runs[0]?.id ?? '', 100)).toMatchObject({ stdout: 'ran\n' })
  })

  it('a key that the host does not show is not pinned', async () => {
    const other = `SHA256:${'A'.repeat(43)}`
    const refused = await drydock.ask('PUT', '/v1/servers/web-1/host-key', { fingerprint: other })
    expect([refused.status, at(refused, 'type')]).toEqual([409, 'host_key_mismatch'])
    const [own] = sshd.hostKeys
    const pinned = await drydock.ask('PUT', '/v1/servers/web-1/host-key', { fingerprint: own?.fingerprint })
    expect(pinned.body.host_keys).toEqual(sshd.hostKeys)
    const [record] = await drydock.store.audit.list({ filters: { action: 'host_key.pin', success: true }, limit: 1 })
    expect(record).toMatchObject({ security: true, parameters: { after: [own?.fingerprint] } })
  })

  it('a host that refuses is told as such, and not as a failure of the API', async () => {
    const scan = { hostname: '127.0.77.250', port: 9 }
    const answer = await drydock.ask('POST', '/v1/host-key-scans', scan, 'operator')
    expect([answer.status, at(answer, 'code'), at(answer, 'type')]).toEqual([
      502,
      'CONNECTION_FAILED',
      'connection_refused',
    ])
  }, 90_000)

  it('a correlation id reaches the line that ssh logs', async () => {
    const id = `trace-${Date.now()}`
    await run({ command: 'true' }, { prefer: 'wait=20', 'x-correlation-id': id })
    await until(async () => (drydock.workerLog().includes(id) ? true : null))
  })

  it('an operation whose worker dies says so, and goes on with the next one', async () => {
    const started = await run({ command: 'sleep 8; echo done' }, {})
    const id = at(started, 'operation.id')
    await until(async () => ((await drydock.operation(id)).state === 'running' ? true : null))
    await worker.kill9()
    const waiting = await until(async () => {
      const now = await drydock.operation(id)
      return now.state === 'waiting' ? now : null
    }, 40_000)
    expect(waiting).toMatchObject({
      reason: 'worker',
      detail: expect.stringContaining(drydock.settings.temporal.taskQueue),
    })
    worker = await drydock.startWorker()
    const ended = await until(async () => {
      const now = await drydock.operation(id)
      return now.result === null ? null : now
    }, 60_000)
    expect(ended.state).toBe('succeeded')
  }, 120_000)
})
