import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { install, type Installation, until, type WorkerProcess } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'
import { run } from '../unit/cli/memory.ts'

/** The long form is DRYDOCK_TRANSFER_BYTES=1000000000. */
const bytes = Number(process.env.DRYDOCK_TRANSFER_BYTES ?? 40_000_000)
const patience = 60_000 + bytes / 2_000
/** Slow enough that a worker dies in the middle: some seconds for the whole. */
const slowly = `${Math.ceil((bytes * 8) / 5_000_000)}mbit`

vi.setConfig({ testTimeout: 240_000 + bytes / 1_000, hookTimeout: 300_000 })
const host = useHost({ name: 'transfer-large' })
let drydock: Installation
let worker: WorkerProcess
let server: { id: string; name: string }
const folder = mkdtempSync(join(tmpdir(), 'drydock-transfer-large-'))
const source = join(folder, 'source/big')
let sha256: string
beforeAll(async () => {
  mkdirSync(join(folder, 'source'))
  await pipeline(Readable.from(pieces()), createWriteStream(source))
  sha256 = await hashOf(source)
  drydock = await install()
  worker = await drydock.startWorker()
  server = await drydock.register(host())
  await drydock.finish('POST', `/v1/servers/${server.name}/setups`, { packages: [] })
})
afterAll(async () => {
  await drydock.close()
  rmSync(folder, { recursive: true })
})

function* pieces(): Generator<Buffer> {
  for (let at = 0; at < bytes; at += 1_000_000) yield randomBytes(Math.min(1_000_000, bytes - at))
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path)) hash.update(piece)
  return hash.digest('hex')
}

const on = async (script: string) => (await host().sh(script)).stdout.trim()
const leftThere = () =>
  on('find / -xdev -name "*.drydock-*"; ls /home/app/.local/state/drydock/transfers 2>/dev/null; true')
/** Files of transfers on this side, but for those that are kept to be fetched. */
const leftHere = () =>
  readdirSync(join(drydock.folder, 'transfers'), { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile() && (!one.parentPath.endsWith('/downloads') || one.name.endsWith('.part')))
    .map(({ parentPath, name }) => join(parentPath, name))

/** How fast bytes go to the host, and come from it. */
async function shape(rate: string): Promise<void> {
  const words = (device: string) => `qdisc replace dev ${device} root tbf rate ${rate} burst 512kb latency 50ms`
  const device = /dev (\S+)/.exec(execFileSync('ip', ['-o', 'route', 'get', host().address], { encoding: 'utf8' }))?.[1]
  execFileSync('tc', words(device ?? '').split(' '))
  await on(`tc ${words('host0')}`)
}

const drydockCli = (...words: string[]) =>
  run(['--json', 'transfer', ...words], {
    fetch: (input, init) => {
      const { pathname, search } = new URL(input instanceof Request ? input.url : String(input))
      return drydock.send(`${pathname}${search}`, init)
    },
  })

type Told = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** Kills the worker once a good part of the bytes has come over; what is so then is looked at before another one starts. */
async function interrupted(transfer: Promise<Told>, meanwhile: () => Promise<void>): Promise<Record<string, unknown>> {
  const workflowId = await until(async () => {
    const o = { server: server.id, kind: 'transfer', state: 'running', limit: 1 } as const
    return (await drydock.store.operations.list(o))[0]?.workflowId ?? null
  }, patience)
  await until(async () => ((await offsetOf(workflowId)) > bytes / 5 ? true : null), patience)
  await worker.kill9()
  await meanwhile()
  await shape('10gbit')
  worker = await drydock.startWorker()
  const told = await transfer
  expect(told.code, told.stdout + told.stderr).toBe(0)
  return JSON.parse(told.stdout).operation.result.transfer ?? {}
}

/** How many bytes Temporal knows of. */
async function offsetOf(workflowId: string): Promise<number> {
  const { raw } = await drydock.temporal.workflow.getHandle(workflowId).describe()
  const [payload] = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads ?? []
  const told: unknown = JSON.parse(Buffer.from(payload?.data ?? []).toString() || '{}')
  return Number(Object(told).offset ?? 0)
}

test(`${bytes} bytes go to a server over a worker's death: the old file is whole until then, and nothing is left`, async () => {
  await on('echo old > /home/app/big; chown app: /home/app/big')
  await shape(slowly)
  const sent = await interrupted(drydockCli('put', server.name, source, '/home/app/big'), async () => {
    expect(await on('cat /home/app/big')).toBe('old')
  })
  expect(sent).toMatchObject({ bytes, sha256 })
  expect(sent.resumed_at).toBeGreaterThan(bytes / 10)
  expect(await on('sha256sum < /home/app/big')).toBe(`${sha256}  -`)
  expect([await leftThere(), leftHere()]).toEqual(['', []])
})

test('they come back over another one', async () => {
  const back = join(folder, 'back')
  await shape(slowly)
  const got = await interrupted(drydockCli('get', server.name, '/home/app/big', back), async () => undefined)
  expect(got).toMatchObject({ bytes, sha256 })
  expect(got.resumed_at).toBeGreaterThan(bytes / 10)
  expect(await hashOf(back)).toBe(sha256)
  rmSync(back)
  expect([await leftThere(), leftHere()]).toEqual(['', []])
})

test('so does a directory', async () => {
  const back = join(folder, 'directory')
  await on(
    'mkdir -p /home/app/there/deep && cd /home/app/there && mv ../big deep/big && echo small > small && chown -R app: .',
  )
  await shape(slowly)
  const words = ['get', server.name, '/home/app/there', back, '--recursive']
  const got = await interrupted(drydockCli(...words), async () => {
    expect(readdirSync(folder)).not.toContain('directory')
  })
  expect(got.resumed_at).toBeGreaterThan(bytes / 10)
  expect(await hashOf(join(back, 'deep/big'))).toBe(sha256)
  expect(readdirSync(back).toSorted()).toEqual(['deep', 'small'])
  expect([await leftThere(), leftHere()]).toEqual(['', []])
})
