import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { install, type Installation, type Operation, until, type WorkerProcess } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'
import { run } from '../unit/cli/memory.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 300_000 })
const host = useHost({ name: 'transfer' })
let drydock: Installation
let worker: WorkerProcess
let server: { id: string; name: string }
const folder = mkdtempSync(join(tmpdir(), 'drydock-transfer-'))
beforeAll(async () => {
  drydock = await install()
  worker = await drydock.startWorker()
  server = await drydock.register(host())
  await drydock.finish('POST', `/v1/servers/${server.name}/setups`, { packages: [] })
})
afterAll(async () => {
  await drydock.close()
  rmSync(folder, { recursive: true })
})

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const transfers = () => `/v1/servers/${server.name}/transfers`
const on = async (script: string) => (await host().sh(script)).stdout.trim()
const leftOvers = () =>
  on(
    'find / -xdev -name ".*drydock-*" -not -path "/proc/*"; ls /home/app/.local/state/drydock/transfers 2>/dev/null; true',
  )

async function takeIn(bytes: Uint8Array): Promise<string> {
  const headers = { 'content-type': 'application/octet-stream' }
  const answer = await drydock.send('/v1/uploads', { method: 'POST', headers, body: bytes })
  const body: unknown = await answer.json()
  expect([answer.status, body]).toMatchObject([201, { bytes: bytes.length, sha256: sha256(bytes) }])
  return typeof body === 'object' && body !== null && 'id' in body ? String(body.id) : ''
}

const put = async (bytes: Uint8Array, path: string, more: object = {}): Promise<Operation> =>
  drydock.finish('POST', transfers(), {
    direction: 'upload',
    path,
    source: { kind: 'upload', id: await takeIn(bytes) },
    ...more,
  })

const get = (path: string, more: object = {}) =>
  drydock.finish('POST', transfers(), { direction: 'download', path, ...more })

async function contentOf(operation: Operation): Promise<Buffer> {
  const answer = await drydock.send(`${transfers()}/${operation.id}/content`)
  return Buffer.from(await answer.arrayBuffer())
}

test('a file goes to its place as the application user, with its mode, and a second time is unchanged', async () => {
  const bytes = randomBytes(3_000_000)
  const done = await put(bytes, '/home/app/data.bin', { mode: '0640' })
  expect(done.result, JSON.stringify(done)).toMatchObject({ state: 'succeeded', transfer: { sha256: sha256(bytes) } })
  expect(await on('stat -c "%a %U:%G" /home/app/data.bin; sha256sum < /home/app/data.bin')).toBe(
    `640 app:app\n${sha256(bytes)}  -`,
  )
  expect((await put(bytes, '/home/app/data.bin')).result).toMatchObject({ state: 'unchanged' })
  expect(await leftOvers()).toBe('')
  const back = await get('/home/app/data.bin')
  expect(back.result, JSON.stringify(back)).toMatchObject({ state: 'succeeded', transfer: { sha256: sha256(bytes) } })
  expect(sha256(await contentOf(back))).toBe(sha256(bytes))
  expect(readdirSync(join(drydock.folder, 'transfers/uploads'))).toEqual([])
})

test('a file is made from content, with an owner that only root may give', async () => {
  const body = { direction: 'upload', path: '/srv/hello', as_root: true, owner: 'daemon', group: 'daemon', mode: '600' }
  const done = await drydock.finish('POST', transfers(), { ...body, source: { kind: 'content', content: 'Hello\n' } })
  expect(done.result, JSON.stringify(done)).toMatchObject({ state: 'succeeded' })
  expect(await on('stat -c "%a %U:%G" /srv/hello; cat /srv/hello')).toBe('600 daemon:daemon\nHello')
})

test('an upload whose worker is killed goes on from where it was, and the old file stays whole until then', async () => {
  const bytes = randomBytes(64_000_000)
  await on('echo old > /home/app/big.bin; chown app: /home/app/big.bin')
  const device =
    /dev (\S+)/.exec(execFileSync('ip', ['-o', 'route', 'get', host().address], { encoding: 'utf8' }))?.[1] ?? ''
  const atMost = (rate: string) =>
    execFileSync('tc', [
      'qdisc',
      'replace',
      'dev',
      device,
      'root',
      'tbf',
      'rate',
      rate,
      'burst',
      '256kb',
      'latency',
      '50ms',
    ])
  atMost('80mbit') // slow enough that the worker dies in the middle
  const id = await takeIn(bytes)
  const started = await drydock.start('POST', transfers(), {
    direction: 'upload',
    path: '/home/app/big.bin',
    source: { kind: 'upload', id },
  })
  await hasComeFar(started.workflow_id)
  await worker.kill9()
  atMost('10gbit')
  expect(await on('cat /home/app/big.bin')).toBe('old')
  worker = await drydock.startWorker()
  const done = await until(async () => {
    const now = await drydock.operation(started.id)
    return now.result === null ? null : now
  }, 120_000)
  expect(done.result, JSON.stringify(done)).toMatchObject({ state: 'succeeded', transfer: { sha256: sha256(bytes) } })
  const { transfer } = { transfer: { resumed_at: 0 }, ...done.result }
  expect(transfer.resumed_at).toBeGreaterThan(0)
  expect(await on('sha256sum < /home/app/big.bin')).toContain(sha256(bytes))
  expect(await leftOvers()).toBe('')
})

/** Until Temporal knows of a good part of the bytes: what a killed worker has not told it by then is sent again. */
const hasComeFar = (workflowId: string) =>
  until(async () => {
    const { raw } = await drydock.temporal.workflow.getHandle(workflowId).describe()
    const [payload] = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads ?? []
    const told: unknown = JSON.parse(Buffer.from(payload?.data ?? []).toString() || '{}')
    return typeof told === 'object' && told !== null && 'offset' in told && Number(told.offset) > 4_000_000
      ? told
      : null
  }, 60_000)

const drydockCli = (...words: string[]) =>
  run(words, {
    fetch: (input, init) => {
      const { pathname, search } = new URL(input instanceof Request ? input.url : String(input))
      return drydock.send(`${pathname}${search}`, init)
    },
  })

test('the command line puts a file there and gets it back, also where the worker is killed meanwhile', async () => {
  const bytes = randomBytes(64_000_000)
  const [here, back] = [join(folder, 'here.bin'), join(folder, 'back.bin')]
  writeFileSync(here, bytes)
  const sent = await drydockCli('transfer', 'put', server.name, here, '/home/app/cli.bin')
  expect([sent.code, sent.stdout]).toEqual([0, expect.stringContaining('64000000 bytes')])
  expect(await on('sha256sum < /home/app/cli.bin')).toContain(sha256(bytes))

  await on('tc qdisc replace dev host0 root tbf rate 80mbit burst 256kb latency 50ms')
  const getting = drydockCli('--json', 'transfer', 'get', server.name, '/home/app/cli.bin', back)
  const downloads = join(drydock.folder, 'transfers/downloads')
  const { store } = drydock
  const [started] = await until(async () => {
    const list = await store.operations.list({ server: server.id, kind: 'transfer', state: 'running', limit: 1 })
    return list.length > 0 ? list : null
  })
  await hasComeFar(started?.workflowId ?? '')
  await worker.kill9()
  await on('tc qdisc del dev host0 root')
  worker = await drydock.startWorker()
  const got = await getting
  expect(got.code, got.stdout + got.stderr).toBe(0)
  expect(sha256(readFileSync(back))).toBe(sha256(bytes))
  const { resumed_at: resumedAt } = JSON.parse(got.stdout).operation.result.transfer
  expect(resumedAt).toBeGreaterThan(0)
  expect(readdirSync(downloads).filter((name) => name.endsWith('.part'))).toEqual([])
})

test('a cancelled upload leaves the old file and nothing else', async () => {
  await on('echo old > /home/app/kept.bin; chown app: /home/app/kept.bin')
  const source = { kind: 'upload', id: await takeIn(randomBytes(64_000_000)) }
  const started = await drydock.start('POST', transfers(), { direction: 'upload', path: '/home/app/kept.bin', source })
  await until(async () => ((await on('ls -A /home/app')).includes('.kept.bin.drydock') ? true : null))
  await drydock.ask('POST', `/v1/operations/${started.id}/cancellation`, {}, 'operator')
  const done = await until(async () => {
    const now = await drydock.operation(started.id)
    return now.result === null ? null : now
  }, 60_000)
  expect(done.result).toMatchObject({ state: 'cancelled' })
  expect(await on('cat /home/app/kept.bin')).toBe('old')
  expect(await leftOvers()).toBe('')
})

test.each([
  ['/home/app/../../etc/passwd', 422],
  ['/home/app/a\nb', 422],
  ['home/app/a', 422],
  ['/home/app/', 422],
])('the path %j is refused at the door', async (path, status) => {
  const source = { kind: 'content', content: 'x' }
  expect((await drydock.ask('POST', transfers(), { direction: 'upload', path, source }, 'operator')).status).toBe(
    status,
  )
})

test('links and reserved places lead nowhere', async () => {
  await on('ln -sfn /var/lib/drydock /srv/link; ln -sfn /etc/hostname /home/app/to-file; mkdir -p /var/lib/drydock')
  const as_root = true
  for (const [path, why] of [
    ['/srv/link/x', 'keeps for its own'],
    ['/proc/self/comm', 'keeps for its own'],
    ['/home/app/to-file', 'symbolic link'],
    ['/nowhere/at/all', 'not there'],
  ] as const) {
    const done = await put(Buffer.from('x'), path, { as_root })
    expect([path, done.result?.state, done.result?.message]).toEqual([path, 'failed', expect.stringContaining(why)])
  }
  expect((await get('/srv/link/x', { as_root })).result).toMatchObject({ state: 'refused' })
  expect(await on('cat /etc/hostname')).not.toBe('x')
})

test('a file over the keys that let us in waits for a person', async () => {
  const started = await drydock.start('POST', transfers(), {
    direction: 'upload',
    path: '/home/app/.ssh/authorized_keys',
    source: { kind: 'content', content: 'nothing\n' },
  })
  await until(async () => ((await drydock.operation(started.id)).state === 'awaiting_approval' ? true : null))
  await drydock.ask('POST', `/v1/operations/${started.id}/approval`, { decision: 'reject' }, 'approver')
  const done = await until(async () => {
    const now = await drydock.operation(started.id)
    return now.result === null ? null : now
  })
  expect(done.result).toMatchObject({ state: 'refused' })
  expect(await on('cat /home/app/.ssh/authorized_keys')).not.toBe('nothing')
})
