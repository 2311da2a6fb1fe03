import { createHash, randomBytes } from 'node:crypto'
import { generateKeyPairSync } from 'node:crypto'
import { execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { isLabPossible, startLoopbackSshd } from '../../lab/index.ts'
import type { Target } from '../../ssh/index.ts'
import { begin, folder, logins, on, sshd, target, useLoopbackSshd } from '../support/loopback-sshd.ts'
import { cleared, targetOf, until } from '../support/sshd.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 240_000 })
const lab = await isLabPossible()

describe.skipIf(!lab.possible)('connections to a real sshd', () => {
  useLoopbackSshd()

  test('500 reads take two log-ins at most and none fails', async () => {
    const { ssh } = begin()
    const before = await logins()
    for (let round = 0; round < 5; round++) {
      const reads = Array.from({ length: 100 }, (_, i) =>
        ssh.read(target, cleared(`echo ${round}-${i}`), { as: 'root' }),
      )
      const results = await Promise.all(reads)
      expect(results.map((result) => result.stdout)).toEqual(reads.map((_, i) => `${round}-${i}\n`))
    }
    const taken = (await logins()) - before
    expect(taken).toBeGreaterThan(0)
    expect(taken).toBeLessThanOrEqual(2)
  })

  test('a burst of 100 never holds more connections than the cap', async () => {
    const { ssh } = begin({ connectionsPerHost: 2 })
    let most = 0
    const watch = setInterval(() => {
      const pool = ssh.pool()
      most = Math.max(most, pool.total + pool.opening)
    }, 2)
    await Promise.all(
      Array.from({ length: 100 }, (_, i) => ssh.read(target, cleared(`sleep 0.01; echo ${i}`), { as: 'root' })),
    )
    clearInterval(watch)
    expect(most).toBe(2)
  })

  test('equal reads at the same time run once on the host', async () => {
    const { ssh } = begin()
    const script = 'cat /proc/sys/kernel/random/uuid; sleep 0.2'
    const results = await Promise.all(
      Array.from({ length: 10 }, () => ssh.read(target, cleared(script), { as: 'root' })),
    )
    expect(new Set(results.map((result) => result.stdout)).size).toBe(1)
    const fresh = await Promise.all([1, 2].map(() => ssh.read(target, cleared(script), { as: 'root', fresh: true })))
    expect(fresh[0]?.stdout).not.toBe(fresh[1]?.stdout)
  })

  test('a host that allows few sessions makes callers wait and fails none', async () => {
    const strict = await startLoopbackSshd({ config: { MaxSessions: '2' } })
    try {
      const { ssh, events } = begin()
      const at = targetOf({ ...strict, address: strict.addresses[0] ?? '' })
      const results = await Promise.all(
        Array.from({ length: 30 }, (_, i) => ssh.read(at, cleared(`sleep 0.02; echo ${i}`), { as: 'root' })),
      )
      expect(results.every((result) => result.success)).toBe(true)
      expect(events.some((event) => event.kind === 'refused')).toBe(true)
    } finally {
      await strict.stop()
    }
  })

  test('a changed host key is refused with both fingerprints, before any credential is sent', async () => {
    const { ssh } = begin()
    const blob = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), randomBytes(36)])
    const fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
    const wrong = { type: 'ssh-ed25519', blob: blob.toString('base64'), fingerprint }
    const failure = await ssh.read({ ...target, hostKeys: [wrong] }, cleared('true'), { as: 'root' }).catch((e) => e)
    expect(failure).toMatchObject({ type: 'host_key_mismatch' })
    expect(failure.message).toContain(fingerprint)
    expect(failure.message).toContain(sshd.hostKeys[0]?.fingerprint)
  })

  test('an unregistered host is refused, unless first contact may learn its key, which then holds', async () => {
    const { ssh, events } = begin()
    const unknown = { ...target, hostKeys: [] }
    await expect(ssh.read(unknown, cleared('true'), { as: 'root' })).rejects.toMatchObject({
      type: 'host_key_mismatch',
    })
    const learning = { ...unknown, hostKeyPolicy: 'first_contact' as const }
    expect((await ssh.read(learning, cleared('echo ok'), { as: 'root' })).stdout).toBe('ok\n')
    expect(events).toContainEqual({ kind: 'host_key_learned', serverId: 'server-1', hostKey: sshd.hostKeys[0] })
  })

  test('a scan finds the keys that the host has', async () => {
    const { ssh } = begin()
    const found = await ssh.scanHostKeys({ hostname: on(0).address, port: sshd.port })
    expect(found.map((key) => key.blob)).toEqual(sshd.hostKeys.map((key) => key.blob))
  })

  test('a wrong key is refused as such; a silent port, a closed port and a bad name are told apart', async () => {
    const { ssh } = begin({ connectTimeoutMs: 800 })
    const stranger = sshKey()
    const failures = await Promise.all([
      ssh
        .read({ ...target, login: { user: 'root', secret: stranger } }, cleared('true'), { as: 'root' })
        .catch((e) => e),
      ssh.read({ ...target, serverId: 'server-1', port: 1 }, cleared('true'), { as: 'root' }).catch((e) => e),
      ssh.read({ ...target, hostname: 'no-such-host.invalid' }, cleared('true'), { as: 'root' }).catch((e) => e),
    ])
    expect(failures.map((failure) => failure.type)).toEqual([
      'authentication_failed',
      'connection_refused',
      'dns_resolution_failed',
    ])
  })

  test('a passphrase opens an encrypted key; without it, it is asked for', async () => {
    const { ssh } = begin()
    const copy = join(folder(), 'key')
    execFileSync('cp', [sshd.keyPath, copy])
    execFileSync('ssh-keygen', ['-q', '-p', '-N', 'open sesame', '-f', copy])
    const by = (passphrase?: string): Target => ({
      ...target,
      login: { user: 'root', secret: { method: 'key', privateKey: readFileSync(copy), passphrase } },
    })
    expect((await ssh.read(by('open sesame'), cleared('echo in'), { as: 'root' })).stdout).toBe('in\n')
    for (const passphrase of [undefined, 'wrong']) {
      await expect(ssh.read(by(passphrase), cleared('true'), { as: 'root' })).rejects.toMatchObject({
        type: 'passphrase_required',
      })
    }
  })

  test('an agent logs in', async () => {
    const { ssh } = begin()
    const socket = join(folder(), 'socket')
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
    try {
      const add = () => {
        try {
          execFileSync('ssh-add', ['-q', sshd.keyPath], {
            env: { ...process.env, SSH_AUTH_SOCK: socket },
            stdio: 'ignore',
          })
          return true
        } catch {
          return false
        }
      }
      await until(add)
      const login = { user: 'root', secret: { method: 'agent' as const, socket } }
      expect((await ssh.read({ ...target, login }, cleared('echo in'), { as: 'root' })).stdout).toBe('in\n')
    } finally {
      agent.kill()
    }
  })

  test('a jump host carries the connection, and its own key is verified', async () => {
    const { ssh } = begin()
    const jump = { hostname: on(1).address, port: sshd.port, login: target.login, hostKey: sshd.hostKeys[0] }
    const behind = { ...target, hostname: on(2).address, jump }
    const { stdout } = await ssh.read(behind, cleared('echo $SSH_CONNECTION'), { as: 'root' })
    expect(stdout.split(' ')[2]).toBe(on(2).address)
    await expect(
      ssh.read({ ...behind, jump: { ...jump, hostKey: undefined } }, cleared('true'), { as: 'root' }),
    ).rejects.toMatchObject({ type: 'host_key_mismatch' })
  })

  test('closing does not wait for hosts that have gone silent, also behind a jump host', async () => {
    const { ssh } = begin()
    const jump = { hostname: on(1).address, port: sshd.port, login: target.login, hostKey: sshd.hostKeys[0] }
    await ssh.read({ ...target, hostname: on(2).address, jump }, cleared('true'), { as: 'root' })
    await ssh.read({ ...target, serverId: 'server-2' }, { ...cleared('true'), serverId: 'server-2' }, { as: 'root' })
    const sessions = execFileSync('ss', ['-Htnp', 'state', 'established', `sport = :${sshd.port}`], {
      encoding: 'utf8',
    })
    const pids = [...new Set([...sessions.matchAll(/"sshd",pid=(\d+)/g)].map((match) => Number(match[1])))]
    expect(pids.length).toBeGreaterThanOrEqual(3)
    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    const startedAt = Date.now()
    await ssh.close()
    for (const pid of pids) process.kill(pid, 'SIGCONT')
    expect(Date.now() - startedAt).toBeLessThan(4_000)
    expect(ssh.pool().total).toBe(0)
  })

  test('an alternate port is tried where one is configured, and the last known address where the name fails', async () => {
    const { ssh } = begin()
    expect(
      (await ssh.read({ ...target, port: 1, alternatePort: sshd.port }, cleared('echo a'), { as: 'root' })).stdout,
    ).toBe('a\n')
    const renamed = { ...target, hostname: 'no-such-host.invalid', lastKnownIp: on(0).address }
    expect((await ssh.read(renamed, cleared('echo b'), { as: 'root' })).stdout).toBe('b\n')
  })

  test('after three failures in a row the answer comes at once, and a host that is back is found again', async () => {
    const { ssh, events } = begin()
    const down = { ...target, port: 1 }
    for (let i = 0; i < 3; i++) await ssh.read(down, cleared('true'), { as: 'root' }).catch(() => undefined)
    await expect(ssh.read(target, cleared('true'), { as: 'root' })).rejects.toMatchObject({
      type: 'connection_refused',
      message: expect.stringContaining('not tried again'),
    })
    await until(
      () =>
        ssh.read(target, cleared('true'), { as: 'root' }).then(
          (r) => r.success,
          () => false,
        ),
      20_000,
    )
    expect(events.filter((event) => event.kind === 'breaker').map((event) => event.state)).toEqual([
      'open',
      'probing',
      'closed',
    ])
  })
})

function sshKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { method: 'key' as const, privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString() }
}
