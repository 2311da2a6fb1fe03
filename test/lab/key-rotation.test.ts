import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LabHost } from '../../lab/index.ts'
import { expectLogin, expectLoginRefused } from '../support/expect.ts'
import { install, type Installation, until, type WorkerProcess } from '../support/installation.ts'
import { prepare } from '../support/prepared-host.ts'

const folder = mkdtempSync(join(tmpdir(), 'drydock-rotation-'))
let drydock: Installation
let host: LabHost
let worker: WorkerProcess
let server: { id: string; name: string }
beforeAll(async () => {
  drydock = await install()
  worker = await drydock.startWorker()
  const prepared = await prepare(drydock, { name: 'rotation', kept: 'set-up' })
  ;({ host, ...server } = await prepared.boot(drydock))
})
afterAll(async () => {
  await host?.stop()
  await drydock.close()
  rmSync(folder, { recursive: true })
})

const rotations = () => `/v1/servers/${server.name}/key-rotations`
const login = ({ address, port, hostKeys }: LabHost, keyPath: string) => ({
  address,
  port,
  hostKeys,
  keyPath,
  user: 'app',
})
const keysOnHost = async () => (await host.sh('cat /home/app/.ssh/authorized_keys')).stdout

/** The private key that the registry refers to, and a file with it for the system's own ssh. */
async function registeredKey(): Promise<{ text: string; path: string }> {
  const authentication = (await drydock.store.servers.get(server.id))?.app.authentication
  if (authentication?.method !== 'key' || authentication.key.kind !== 'stored') throw new Error('no stored key')
  const { name, version } = authentication.key
  const text = (await drydock.store.secrets.reveal({ name, version }))?.value ?? ''
  const path = join(folder, name)
  writeFileSync(path, text, { mode: 0o600 })
  return { text, path }
}

async function expectOnlyTheNewKey(old: { path: string }): Promise<void> {
  const now = await registeredKey()
  expect(now.path).not.toBe(old.path)
  await expectLoginRefused(login(host, old.path))
  expect(await expectLogin(login(host, now.path), 'sudo -n id -un')).toBe('root\n')
  const command = await drydock.finish('POST', `/v1/servers/${server.name}/commands`, { command: 'id -un' })
  expect(command.result).toMatchObject({ state: 'succeeded' })
}

const end = (id: string) => drydock.ended(id, 180_000)

test('a dry run shows both steps, and makes and changes nothing', async () => {
  const [old, before, secrets] = [await registeredKey(), await keysOnHost(), await drydock.store.secrets.list()]
  const preview = await drydock.finish('POST', rotations(), { dry_run: true })
  expect(preview.result, JSON.stringify(preview)).toMatchObject({ state: 'unchanged' })
  expect(preview.plan).toMatchObject({
    steps: [
      { title: 'Let the new key log in as app' },
      { title: expect.stringContaining('Take the old key of app away') },
    ],
    warnings: [expect.stringContaining('Whoever else holds the old key')],
  })
  expect(await keysOnHost()).toBe(before)
  expect(await registeredKey()).toEqual(old)
  expect(await drydock.store.secrets.list()).toEqual(secrets)
}, 240_000)

test('a rotation lets a key of its own making in and the old one not, and tells nobody the private half', async () => {
  const old = await registeredKey()
  const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHrbj2vNjkyf1rUXoYN8OqwHb8s5RcrRQ6rq8AuAOWcI somebody else'
  await host.sh(`echo '${other}' >> /home/app/.ssh/authorized_keys`)
  const { id, workflow_id: workflowId } = await drydock.start('POST', rotations(), {})
  const done = await end(id)
  expect(done.result, JSON.stringify(done)).toMatchObject({ state: 'succeeded' })
  await expectOnlyTheNewKey(old)
  expect(await keysOnHost()).toContain(other)

  const { text } = await registeredKey()
  const secret = text.split('\n')[3] ?? ''
  expect(secret.length).toBeGreaterThan(40)
  const history = await drydock.temporal.workflow.getHandle(workflowId).fetchHistory()
  const payloads = history.events?.map((event) =>
    JSON.stringify(event, (_, part: unknown) =>
      part instanceof Uint8Array ? Buffer.from(part).toString('latin1') : part,
    ),
  )
  for (const told of [payloads?.join('\n') ?? '', drydock.workerLog(), await drydock.read(`/v1/operations/${id}`)])
    expect(told).not.toContain(secret)
  const trail = JSON.parse(await drydock.read('/v1/audit-trail?security=true&action=key_rotation.change'))
  expect(trail.items).toMatchObject([{ operation_id: id, success: true }])
}, 240_000)

test('where the file of keys cannot be written the old key stays, and the new one is forgotten', async () => {
  const old = await registeredKey()
  const before = await keysOnHost()
  const made = await host.sh('mount --bind /home/app/.ssh /home/app/.ssh && mount -o remount,bind,ro /home/app/.ssh')
  expect(made, made.stderr).toMatchObject({ exitCode: 0 })
  const failed = await drydock.finish('POST', rotations(), {})
  expect((await host.sh('umount /home/app/.ssh')).exitCode).toBe(0)
  expect(failed.result, JSON.stringify(failed)).toMatchObject({ state: 'rolled_back' })
  expect(await keysOnHost()).toBe(before)
  expect(await registeredKey()).toEqual(old)
  expect(await expectLogin(login(host, old.path))).toBe('app\n')
  expect((await drydock.store.secrets.list()).map(({ name }) => name)).not.toContain(`app-key-${failed.id}`)
}, 240_000)

test('a prepared key replaces one that lies in a file on the machine of the worker', async () => {
  const old = await registeredKey()
  const prepared = join(folder, 'prepared')
  execFileSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-C', 'prepared', '-f', prepared])
  await drydock.ask('PUT', '/v1/secrets/prepared', { value: readFileSync(prepared, 'utf8') })
  const app = { user: 'app', authentication: { method: 'key', key: { kind: 'file', path: old.path } } }
  expect((await drydock.ask('PATCH', `/v1/servers/${server.name}`, { app })).status).toBe(200)
  const done = await drydock.finish('POST', rotations(), { key_secret: 'prepared' })
  expect(done.result, JSON.stringify(done)).toMatchObject({ state: 'succeeded' })
  await expectOnlyTheNewKey(old)
  expect((await registeredKey()).text).toBe(readFileSync(prepared, 'utf8'))
}, 240_000)

test('a worker killed while the old key goes leaves a key that works, and another ends with the new one alone', async () => {
  const old = await registeredKey()
  // The sed that removes the old key waits until it may go on.
  await host.sh(
    `printf '#!/bin/sh\\ncase "$*" in *"#/b"*) : > /var/tmp/seen; while [ ! -e /var/tmp/go ]; do sleep 0.1; done;; esac\\nexec /usr/bin/sed "$@"\\n' > /usr/local/bin/sed && chmod 755 /usr/local/bin/sed`,
  )
  const { id } = await drydock.start('POST', rotations(), {})
  await until(async () => ((await host.sh('test -e /var/tmp/seen')).exitCode === 0 ? true : null), 120_000)
  await worker.kill9()
  const now = await registeredKey()
  expect(now.path).not.toBe(old.path)
  expect(await expectLogin(login(host, now.path), 'sudo -n id -un')).toBe('root\n')

  await host.sh(': > /var/tmp/go')
  worker = await drydock.startWorker()
  const done = await end(id)
  expect(done.result, JSON.stringify(done)).toMatchObject({ state: 'succeeded' })
  await expectOnlyTheNewKey(old)
}, 300_000)
