import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { approvalsOn } from '../support/approvals.ts'
import { install, type Installation, until, type WorkerProcess } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 300_000 })
const host = useHost({ name: 'approved-undo' })
let drydock: Installation
let worker: WorkerProcess
let server: { id: string; name: string }
const folder = mkdtempSync(join(tmpdir(), 'drydock-approved-undo-'))
const people = approvalsOn(() => ({ drydock, server, host: host() }))
beforeAll(async () => {
  mkdirSync(join(folder, 'source/conf.d'), { recursive: true })
  writeFileSync(join(folder, 'source/nginx.conf'), 'new')
  writeFileSync(join(folder, 'source/conf.d/shop.conf'), randomBytes(16_000_000))
  drydock = await install()
  worker = await drydock.startWorker()
  server = await drydock.register(host())
})
afterAll(async () => {
  await drydock.close()
  rmSync(folder, { recursive: true })
})

const transfers = () => `/v1/servers/${server.name}/transfers`
const on = async (script: string) => (await host().sh(script)).stdout.trim()
const asItWas = 'nginx.conf\nold\n644'
const there = () => on('cd /etc/nginx && ls -A && cat nginx.conf && stat -c %a nginx.conf')
const leftOvers = () => on('find / -xdev -name "*.drydock-*"; ls /home/app/.local/state/drydock/transfers 2>/dev/null')
beforeEach(async () => {
  await on('mkdir -p /etc/nginx && cd /etc/nginx && printf "old\\n" > nginx.conf')
})

/** A program in front of another one, which does something else on one occasion. */
const wrap = (program: string, text: string) =>
  on(
    `printf '%s' '#!/bin/sh\n${text}\nexec /usr/bin/${program} "$@"\n' > /usr/local/sbin/${program} && chmod 755 /usr/local/sbin/${program}`,
  )
const unwrap = (program: string) => on(`rm -f /usr/local/sbin/${program}`)

type Begun = { readonly id: string; readonly workflowId: string }

/** A directory for /etc/nginx, whose taking back the guard lets nobody do unasked; a person has agreed to it. */
async function agreed(): Promise<Begun> {
  const body = execFileSync('tar', ['-c', '-C', join(folder, 'source'), '.'], { maxBuffer: 200_000_000 })
  const headers = { 'content-type': 'application/octet-stream' }
  const answer: unknown = await (await drydock.send('/v1/uploads', { method: 'POST', headers, body })).json()
  const { id, workflow_id: workflowId } = await drydock.start('POST', transfers(), {
    direction: 'upload_directory',
    path: '/etc/nginx',
    as_root: true,
    source: { kind: 'upload', id: Object(answer).id },
  })
  expect(await people.decide({ id, approval: await people.asked(id) })).toEqual([200, 'confirmed'])
  return { id, workflowId }
}

async function expectTakenBack(id: string, state: string): Promise<void> {
  const { result } = await drydock.ended(id, 120_000)
  expect(result, JSON.stringify(result)).toMatchObject({ state })
  expect([await there(), await leftOvers()]).toEqual([asItWas, ''])
}

async function fails(): Promise<Begun> {
  await wrap('tar', 'echo broken on purpose >&2; exit 1')
  const one = await agreed()
  await expectTakenBack(one.id, 'rolled_back')
  await unwrap('tar')
  return one
}

async function isCancelled(): Promise<void> {
  const device = /dev (\S+)/.exec(execFileSync('ip', ['-o', 'route', 'get', host().address], { encoding: 'utf8' }))?.[1]
  const shape = (rate: string) =>
    execFileSync('tc', `qdisc replace dev ${device} root tbf rate ${rate} burst 256kb latency 50ms`.split(' '))
  shape('20mbit')
  const { id } = await agreed()
  await until(async () => ((await bytesThere()) > 1_000_000 ? true : null))
  await drydock.ask('POST', `/v1/operations/${id}/cancellation`, {}, 'operator')
  shape('10gbit')
  await expectTakenBack(id, 'cancelled')
}

/** How many bytes have arrived of what is on its way. */
const bytesThere = async () =>
  Number(await on('cat /etc/nginx/.drydock-*/archive /home/app/.local/state/drydock/transfers/* 2>/dev/null | wc -c'))

test('a directory for /etc that fails is taken back by the approval that it had, and leaves nothing', async () => {
  const { id } = await fails()
  const uses = await drydock.store.audit.list({ filters: { operationId: id, action: 'approval.used' }, limit: 100 })
  expect(uses.filter(({ parameters }) => String(parameters.runId).includes('.undo-'))).not.toEqual([])
})

test('so is one that is cancelled', isCancelled)

test('taking back goes on where the worker dies in it, and is done again where the host dies in it', async () => {
  await wrap('tar', 'echo broken on purpose >&2; exit 1')
  await wrap(
    'rm',
    'case "$*" in "-rf -- /etc/nginx/.drydock-"*) [ -e /var/tmp/seen ] || { : > /var/tmp/seen; sync; exec sleep 600; } ;; esac',
  )
  const { id, workflowId } = await agreed()
  await until(async () => ((await on('test -e /var/tmp/seen && echo yes')) === 'yes' ? true : null), 100_000)
  await worker.kill9()
  worker = await drydock.startWorker()
  await until(() => hasGoneOn(workflowId), 100_000)
  // What was taken back, and what is being taken back: each once.
  expect((await undoRuns(id)).map((run) => [run.id.at(-1), run.end === null])).toEqual([
    ['1', false],
    ['1', true],
  ])
  await host().reboot('power_cut')
  await expectTakenBack(id, 'rolled_back')
  expect(drydock.workerLog()).toContain('an undo was cut off and is done again')
  await unwrap('rm')
  await unwrap('tar')
})

/** As Temporal numbers the states of an activity. */
const started = 2

/** Until a worker is at the taking back for the second time. */
const hasGoneOn = async (workflowId: string): Promise<true | null> => {
  const { raw } = await drydock.temporal.workflow.getHandle(workflowId).describe()
  const [pending] = raw.pendingActivities ?? []
  return pending?.activityType?.name === 'undoStep' && (pending.attempt ?? 0) > 1 && Number(pending.state) === started
    ? true
    : null
}

const undoRuns = async (id: string) =>
  (await drydock.store.runs.ofOperation(id)).filter(({ stepId }) => stepId.startsWith('undo-'))

test('by way of a log-in that has sudo, neither a failure nor a cancel leaves anything', async () => {
  await drydock.finish('POST', `/v1/servers/${server.name}/setups`, { packages: [] })
  await fails()
  await isCancelled()
})

test('a new file for /etc asks nobody', async () => {
  const body = { direction: 'upload', path: '/etc/nginx/shop.conf', as_root: true }
  const done = await drydock.finish('POST', transfers(), { ...body, source: { kind: 'content', content: 'a\n' } })
  expect(done.result, JSON.stringify(done)).toMatchObject({ state: 'succeeded' })
  expect([await on('cat /etc/nginx/shop.conf'), await leftOvers()]).toEqual(['a', ''])
})
