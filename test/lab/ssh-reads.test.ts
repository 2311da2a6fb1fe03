import { createHash } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { isLabPossible } from '../../lab/index.ts'
import { begin, target, useLoopbackSshd } from '../support/loopback-sshd.ts'
import { cleared, runDurably, until } from '../support/sshd.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 240_000 })
const lab = await isLabPossible()

describe.skipIf(!lab.possible)('reads and streams over a real sshd', () => {
  useLoopbackSshd()

  test('a read that takes too long is ended on the host', async () => {
    const { ssh } = begin()
    const result = await ssh.read(target, cleared('echo $$; exec sleep 300'), { as: 'root', timeoutMs: 500 })
    expect(result).toMatchObject({ timedOut: true, success: false })
    const { stdout } = await ssh.read(target, cleared(`kill -0 ${result.stdout.trim()} 2>&1; true`), { as: 'root' })
    expect(stdout).toContain('No such process')
  })

  test('a read that nobody waits for any more is ended on the host', async () => {
    const { ssh } = begin()
    const abort = new AbortController()
    const reading = ssh.read(target, cleared('exec sleep 301'), {
      as: 'root',
      signal: abort.signal,
      timeoutMs: 60_000,
    })
    const count = async () =>
      Number((await ssh.read(target, cleared('pgrep -fc "sleep 301$"; true'), { as: 'root', fresh: true })).stdout)
    await until(async () => (await count()) > 0)
    abort.abort()
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
    await until(async () => (await count()) === 0)
  })

  test('a read whose connection ends in the middle is no answer', async () => {
    const { ssh } = begin()
    const cut = `echo half; p=$$; until [ "$(ps -o comm= -p $p)" = sshd ]; do p=$(ps -o ppid= -p $p | tr -d ' '); done; kill -9 $p; sleep 5`
    await expect(ssh.read(target, cleared(cut), { as: 'root' })).rejects.toMatchObject({ type: 'connection_lost' })
  })

  test('output over the limit is cut and said to be', async () => {
    const { ssh } = begin()
    const result = await ssh.read(target, cleared('yes | head -c 100000; exit 5'), { as: 'root', limitBytes: 1000 })
    expect(result).toMatchObject({ exitCode: 5, stdoutTruncated: true, stderrTruncated: false })
    expect(result.stdout.length).toBe(1000)
  })

  test('50 MB of binary output arrive complete, and no more is read while the consumer is busy', async () => {
    const { ssh } = begin({ outputLimitBytes: 64_000_000 })
    const hash = createHash('sha256')
    let most = 0
    let busy = false
    const made = 'openssl enc -aes-128-ctr -K 00 -iv 00 -in /dev/zero 2>/dev/null | head -c 50000000'
    await runDurably(ssh, target, made, {
      onOutput: async (chunks) => {
        if (busy) throw new Error('called while busy')
        busy = true
        for (const { bytes } of chunks) {
          hash.update(bytes)
          most = Math.max(most, bytes.length)
        }
        await new Promise((resolve) => setImmediate(resolve))
        busy = false
        return { stdout: 0, stderr: 0 }
      },
    })
    const expected = await ssh.read(target, cleared(`${made} | sha256sum`), { as: 'root' })
    expect(hash.digest('hex')).toBe(expected.stdout.slice(0, 64))
    expect(most).toBeLessThan(600_000)
  })

  test('a stream yields numbered pieces and one end, and stops when left', async () => {
    const { ssh } = begin()
    const seen: string[] = []
    for await (const event of ssh.stream(target, cleared('echo a; echo b >&2; exit 4'), {
      as: 'root',
      timeoutMs: 5000,
    })) {
      seen.push(
        event.kind === 'output'
          ? `${event.stream}:${Buffer.from(event.bytes).toString().trim()}`
          : `end:${event.exitCode}`,
      )
    }
    expect(seen.toSorted()).toEqual(['end:4', 'stderr:b', 'stdout:a'])
    expect(seen.at(-1)).toBe('end:4')
    for await (const event of ssh.stream(target, cleared('while :; do echo on; done'), {
      as: 'root',
      timeoutMs: 60_000,
    })) {
      if (event.seq > 3) break
    }
    expect(ssh.pool().active).toBe(0)
  })

  test('what the guard has not let through is refused', async () => {
    const { createSsh } = await import('../../ssh/index.ts')
    const { Settings } = await import('../../schema/settings.ts')
    const { default: pino } = await import('pino')
    const ssh = createSsh({ isCleared: () => false, settings: Settings.parse({}).ssh, log: pino({ level: 'silent' }) })
    await expect(ssh.read(target, cleared('true'), { as: 'root' })).rejects.toMatchObject({ type: 'permission_denied' })
    await ssh.close()
  })

  test('a locked server is not contacted as root nor by password', async () => {
    const { ssh } = begin()
    const locked = { ...target, locked: true }
    await expect(ssh.read(locked, cleared('true'), { as: 'root' })).rejects.toMatchObject({ type: 'permission_denied' })
  })
})
