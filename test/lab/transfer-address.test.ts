import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { install, type Installation } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 })
const host = useHost({ name: 'transfer-address', packages: ['curl'] })
let drydock: Installation
let server: { id: string; name: string }
const folder = mkdtempSync(join(tmpdir(), 'drydock-transfer-address-'))
let web: Server
beforeAll(async () => {
  web = await serveByHttps()
  drydock = await install()
  await drydock.startWorker()
  server = await drydock.register(host())
  await drydock.finish('POST', `/v1/servers/${server.name}/setups`, { packages: [] })
})
afterAll(async () => {
  web.close()
  await drydock.close()
  rmSync(folder, { recursive: true })
})

const fetches: string[] = []
const gateway = () => on("ip route show default | cut -d ' ' -f 3")

/** A web server that workers and the host trust, with one file, here and at our end of the host's cable. */
async function serveByHttps(): Promise<Server> {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const options = [
    '-keyout',
    key,
    '-out',
    cert,
    '-days',
    '1',
    '-subj',
    '/CN=web',
    '-addext',
    `subjectAltName=IP:127.0.0.1,IP:${await gateway()}`,
  ]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...options], { stdio: 'ignore' })
  process.env.NODE_EXTRA_CA_CERTS = cert
  await host().sh(
    `cat > /usr/local/share/ca-certificates/web.crt <<'END'\n${readFileSync(cert, 'utf8')}END\nupdate-ca-certificates`,
  )
  const made = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, ({ url = '' }, answer) => {
    fetches.push(url)
    answer.setHeader('content-length', url.startsWith('/short') ? 600 : 6)
    answer.end('a file')
  })
  await new Promise<void>((resolve) => made.listen(0, resolve))
  return made
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const transfers = () => `/v1/servers/${server.name}/transfers`
const on = async (script: string) => (await host().sh(script)).stdout.trim()
const port = () => {
  const address = web.address()
  return typeof address === 'object' ? address?.port : ''
}

test('a file at an HTTPS address is fetched by the worker, and refused where it is another', async () => {
  const url = `https://127.0.0.1:${port()}/file`
  const from = (sum: string) => ({ source: { kind: 'https', url, sha256: sum } })
  const body = { direction: 'upload', path: '/home/app/fetched' }
  const good = await drydock.finish('POST', transfers(), { ...body, ...from(sha256('a file')) })
  expect(good.result, JSON.stringify(good)).toMatchObject({ state: 'succeeded' })
  expect(await on('cat /home/app/fetched')).toBe('a file')
  const other = await drydock.finish('POST', transfers(), { ...body, ...from('0'.repeat(64)) })
  expect(other.result).toMatchObject({ state: 'failed', message: expect.stringContaining('another SHA-256') })
})

test('a file at an HTTPS address is fetched by the server itself where that is asked for, and no key of it is seen', async () => {
  const base = `https://${await gateway()}:${port()}`
  const from = (path: string, sum: string) => ({
    source: { kind: 'https', url: `${base}${path}`, sha256: sum, fetched_by: 'server' },
  })
  const body = { direction: 'upload', path: '/etc/fetched.conf', as_root: true }
  const good = await drydock.finish('POST', transfers(), {
    ...body,
    ...from('/file?key=7h1s-1s-a-k3y', sha256('a file')),
  })
  expect(good.result, JSON.stringify(good)).toMatchObject({ state: 'succeeded', transfer: { bytes: 6 } })
  expect(await on('cat /etc/fetched.conf')).toBe('a file')
  expect(fetches.filter((url) => url.includes('key')).length).toBeGreaterThan(0)
  const told = await drydock.ask('GET', `/v1/operations/${good.id}/steps`)
  expect(JSON.stringify([good.result, told.body])).not.toContain('7h1s-1s-a-k3y')

  const again = await drydock.finish('POST', transfers(), { ...body, ...from('/file', sha256('a file')) })
  expect(again.result).toMatchObject({ state: 'unchanged' })
  const other = await drydock.finish('POST', transfers(), { ...body, ...from('/file', '0'.repeat(64)) })
  expect(other.result).toMatchObject({ state: 'rolled_back', message: expect.stringContaining('another SHA-256') })
  const short = await drydock.finish('POST', transfers(), { ...body, ...from('/short', '0'.repeat(64)) })
  expect(short.result).toMatchObject({ state: 'rolled_back' })
  expect(await on('cat /etc/fetched.conf')).toBe('a file')
  expect(await on('ls -A /etc | grep drydock-; ls /home/app/.local/state/drydock/transfers 2>/dev/null; true')).toBe('')
})
