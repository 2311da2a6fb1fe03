import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fakeApi, run } from './memory.ts'

const folder = mkdtempSync(join(tmpdir(), 'drydock-key-'))
const makeKey = (name: string, passphrase: string): string => {
  const path = join(folder, name)
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', path])
  return path
}
const plain = makeKey('plain', '')
const locked = makeKey('locked', 'open sesame')

const fingerprint = `SHA256:${'a'.repeat(43)}`
const other = `SHA256:${'b'.repeat(43)}`
const hostKey = { type: 'ssh-ed25519', blob: 'AAAA', fingerprint }
const server = {
  id: 'x',
  name: 'web-1',
  hostname: 'h.example',
  port: 22,
  root: { user: 'root', authentication: { method: 'key' } },
  app: { user: 'app', authentication: { method: 'key' } },
  host_keys: [hostKey],
  device_type: 'generic',
  environment: 'unknown',
  setup_complete: false,
  security_locked: false,
}
const fresh = {
  'POST /v1/host-key-scans': () => ({ body: { host_keys: [hostKey] } }),
  'POST /v1/servers': () => ({ status: 201, body: server }),
  ...Object.fromEntries(
    ['web-1-key', 'web-1-passphrase', 'web-1-jump-key'].flatMap((name) => [
      [`PUT /v1/secrets/${name}`, () => ({ body: { name, version: 1 } })],
      [`DELETE /v1/secrets/${name}`, () => ({ body: null })],
    ]),
  ),
}
const add = ['server', 'add', 'web-1', 'h.example']

describe('server add', () => {
  test('stores the key under the name of the server, pins what somebody vouches for, and refers to both', async () => {
    const api = fakeApi(fresh)
    const { code, stdout, stderr } = await run(
      [...add, '--key', plain, '--host-key', fingerprint, '--tag', 'a', '--tag', 'b'],
      api,
    )
    expect(code).toBe(0)
    expect(api.calls.find((call) => call.route.startsWith('PUT'))).toMatchObject({
      route: 'PUT /v1/secrets/web-1-key',
      body: { value: readFileSync(plain, 'utf8') },
    })
    const authentication = { method: 'key', key: { kind: 'stored', name: 'web-1-key' } }
    expect(api.calls.at(-1)).toMatchObject({
      route: 'POST /v1/servers',
      body: {
        name: 'web-1',
        root: { user: 'root', authentication },
        app: { user: 'app', authentication },
        host_keys: [hostKey],
        tags: ['a', 'b'],
      },
    })
    expect(stdout + stderr).not.toContain('PRIVATE KEY')
  })

  test('shows the fingerprints and registers nothing where nobody can vouch, and leaves no secret behind', async () => {
    const api = fakeApi(fresh)
    const { code, stderr } = await run([...add, '--key', plain], api)
    expect(code).toBe(2)
    expect(stderr).toContain(fingerprint)
    expect(stderr).toContain('--accept-host-key')
    expect(api.calls.map((call) => call.route)).toContain('DELETE /v1/secrets/web-1-key')
    expect(api.calls.map((call) => call.route)).not.toContain('POST /v1/servers')
  })

  test('refuses a host that shows another key than the one named, with exit 3', async () => {
    const api = fakeApi(fresh)
    const { code, stderr } = await run([...add, '--agent', '--host-key', other], api)
    expect(code).toBe(3)
    expect(stderr).toContain(fingerprint)
    expect(api.calls.map((call) => call.route)).not.toContain('POST /v1/servers')
  })

  test('of a name that is taken touches no secret of the other server', async () => {
    const api = fakeApi({ ...fresh, 'GET /v1/servers/web-1': () => ({ body: server }) })
    const { code, stderr } = await run([...add, '--key', plain, '--accept-host-key'], api)
    expect(code).toBe(1)
    expect(stderr).toContain('There is a server named web-1 already')
    expect(api.calls.some((call) => call.route.startsWith('PUT'))).toBe(false)
  })

  test('with a locked key reads its passphrase from standard input and stores it too', async () => {
    const api = fakeApi(fresh)
    const { code } = await run([...add, '--key', locked, '--accept-host-key'], { ...api, stdin: 'open sesame\n' })
    expect(code).toBe(0)
    expect(api.calls.find((call) => call.route === 'PUT /v1/secrets/web-1-passphrase')?.body).toEqual({
      value: 'open sesame',
    })
    expect(api.calls.at(-1)?.body).toMatchObject({
      root: { authentication: { passphrase: { kind: 'stored', name: 'web-1-passphrase' } } },
    })
  })

  test('with a key on the worker stores nothing', async () => {
    const api = fakeApi(fresh)
    expect(await run([...add, '--key-on-worker', '/etc/drydock/key', '--accept-host-key'], api)).toMatchObject({
      code: 0,
    })
    expect(api.calls.some((call) => call.route.startsWith('PUT'))).toBe(false)
    expect(api.calls.at(-1)?.body).toMatchObject({
      root: { authentication: { key: { kind: 'file', path: '/etc/drydock/key' } } },
    })
  })

  test('through a jump host scans and pins that one first, with its own key', async () => {
    const api = fakeApi(fresh)
    const jump = ['--jump', 'ada@[2001:db8::1]:2222', '--jump-key', plain, '--jump-host-key', fingerprint]
    expect(await run([...add, '--agent', ...jump, '--host-key', fingerprint], api)).toMatchObject({ code: 0 })
    const scans = api.calls.filter((call) => call.route === 'POST /v1/host-key-scans').map((call) => call.body)
    expect(scans).toMatchObject([
      { hostname: '2001:db8::1', port: 2222 },
      { hostname: 'h.example', jump: { hostname: '2001:db8::1', login: { user: 'ada' }, host_key: hostKey } },
    ])
  })
})

describe('server pin', () => {
  test('shows the old and the new fingerprint and pins the very keys that were shown', async () => {
    const now = { ...hostKey, fingerprint: other }
    const api = fakeApi({
      'GET /v1/servers/web-1': () => ({ body: server }),
      'POST /v1/host-key-scans': () => ({ body: { host_keys: [now] } }),
      'PUT /v1/servers/web-1/host-key': () => ({ body: { host_keys: [now] } }),
    })
    const { code, stderr } = await run(['server', 'pin', 'web-1', '--host-key', other], api)
    expect(code).toBe(0)
    expect(stderr).toContain(`- ssh-ed25519         ${fingerprint}`)
    expect(stderr).toContain(`+ ssh-ed25519         ${other}`)
    expect(api.calls.at(-1)).toMatchObject({ route: 'PUT /v1/servers/web-1/host-key', body: { host_keys: [now] } })
  })
})
