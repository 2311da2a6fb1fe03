import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { isLabPossible, type LoopbackSshd, startLoopbackSshd } from '../../lab/index.ts'
import type { Ssh, Target } from '../../ssh/index.ts'
import { begin, folder, target, useLoopbackSshd } from '../support/loopback-sshd.ts'
import { cleared, targetOf } from '../support/sshd.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 240_000 })
const lab = await isLabPossible()
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const bytes = randomBytes(20_000_000)

async function run(ssh: Ssh, at: Target, script: string): Promise<string> {
  return (await ssh.read(at, cleared(script), { as: 'root', fresh: true })).stdout.trim()
}

const appendTo = (path: string, offset: number) =>
  cleared(
    `exec dd of='${path}' bs=262144 iflag=fullblock oflag=seek_bytes seek=${offset} conv=notrunc status=none`,
    'change',
  )
const readFrom = (path: string, offset: number) => cleared(`exec tail -c +${offset + 1} -- '${path}'`)

/** Sends the bytes to an empty file, and fetches them from there again. */
async function there(ssh: Ssh, at: Target, path: string, o: { offset: number }): Promise<string> {
  const from = join(folder(), 'source')
  writeFileSync(from, bytes)
  await run(ssh, at, `head -c ${o.offset} /dev/zero > '${path}'`)
  let confirmed = o.offset
  const { way } = await ssh.send(at, appendTo(path, o.offset), {
    ...o,
    from,
    to: path,
    bytes: bytes.length,
    onConfirmed: (now) => {
      expect(now).toBeGreaterThanOrEqual(confirmed)
      confirmed = now
    },
  })
  expect(confirmed).toBe(bytes.length)
  return way
}

async function andBack(ssh: Ssh, at: Target, path: string, o: { offset: number }): Promise<Buffer> {
  const to = join(folder(), 'copy')
  writeFileSync(to, bytes.subarray(0, o.offset))
  await ssh.receive(at, readFrom(path, o.offset), {
    ...o,
    from: path,
    to,
    bytes: bytes.length,
    onConfirmed: () => undefined,
  })
  return readFileSync(to)
}

describe.skipIf(!lab.possible)('files over a real sshd', () => {
  useLoopbackSshd()

  test('a file goes over by SFTP and comes back the same', async () => {
    const { ssh } = begin()
    expect(await there(ssh, target, '/tmp/whole', { offset: 0 })).toBe('sftp')
    expect(await run(ssh, target, 'sha256sum < /tmp/whole')).toContain(sha256(bytes))
    expect(sha256(await andBack(ssh, target, '/tmp/whole', { offset: 0 }))).toBe(sha256(bytes))
  })

  test('from an offset on, what is before it is left alone', async () => {
    const { ssh } = begin()
    await there(ssh, target, '/tmp/rest', { offset: 7_000_001 })
    expect(await run(ssh, target, 'head -c 7000001 /tmp/rest | tr -d "\\000" | wc -c')).toBe('0')
    expect(await run(ssh, target, 'tail -c +7000002 /tmp/rest | sha256sum')).toContain(
      sha256(bytes.subarray(7_000_001)),
    )
    await there(ssh, target, '/tmp/back', { offset: 0 })
    expect(sha256(await andBack(ssh, target, '/tmp/back', { offset: 5 }))).toBe(sha256(bytes))
  })

  test('an aborted transfer lets go of its channels, and has confirmed nothing that is not there', async () => {
    const { ssh } = begin()
    const abort = new AbortController()
    const from = join(folder(), 'source')
    writeFileSync(from, bytes)
    await run(ssh, target, ': > /tmp/cut')
    let confirmed = 0
    const sending = ssh.send(target, appendTo('/tmp/cut', 0), {
      from,
      to: '/tmp/cut',
      offset: 0,
      bytes: bytes.length,
      signal: abort.signal,
      onConfirmed: (now) => {
        confirmed = now
        if (now > 3_000_000) abort.abort()
      },
    })
    await expect(sending).rejects.toMatchObject({ name: 'AbortError' })
    expect(confirmed).toBeLessThan(bytes.length)
    expect(await run(ssh, target, `head -c ${confirmed} /tmp/cut | sha256sum`)).toContain(
      sha256(bytes.subarray(0, confirmed)),
    )
    await vi.waitUntil(() => ssh.pool().connections.every(({ channels }) => channels === 0), 10_000)
  })

  test('no byte goes into a file that the cleared command does not name', async () => {
    const { ssh } = begin()
    const sending = ssh.send(target, appendTo('/tmp/one', 0), {
      from: '/dev/null',
      to: '/tmp/other',
      offset: 0,
      bytes: 0,
      onConfirmed: () => undefined,
    })
    await expect(sending).rejects.toMatchObject({ type: 'permission_denied' })
  })
})

describe.skipIf(!lab.possible)('files over an sshd without SFTP', () => {
  let sshd: LoopbackSshd
  beforeAll(async () => {
    sshd = await startLoopbackSshd({ config: { Subsystem: 'sftp /nonexistent' } })
  })
  afterAll(() => sshd.stop())

  test('they go through a command, under a name that no shell reads anything into', async () => {
    const { ssh } = begin()
    const at = targetOf({ ...sshd, address: sshd.addresses[0] ?? '' })
    const path = '/tmp/$HOME "x" é'
    expect(await there(ssh, at, path, { offset: 3 })).toBe('command')
    expect(await run(ssh, at, `tail -c +4 '${path}' | sha256sum`)).toContain(sha256(bytes.subarray(3)))
    await there(ssh, at, '/tmp/plain', { offset: 0 })
    expect(sha256(await andBack(ssh, at, '/tmp/plain', { offset: 0 }))).toBe(sha256(bytes))
    await ssh.close()
  })
})
