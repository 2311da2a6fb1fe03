import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { isLabPossible } from '../../lab/index.ts'
import type { OutputChunk } from '../../schema/run.ts'
import type { Target } from '../../ssh/index.ts'
import { another, app, as, carriers, host, look, marksIn, pw, root, ssh, useRunHost } from '../support/run-host.ts'
import { cleared, createKeeper, runDurably, until } from '../support/sshd.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 })
const lab = await isLabPossible()

const whoami = async (target: Target, who: 'root' | 'app') => {
  const { stdout } = await runDurably(ssh, target, 'id -un; cat', { as: who })
  return stdout.toString().trim()
}

describe.skipIf(!lab.possible)('a durable run on a real host', () => {
  useRunHost('ssh-runs')

  test('tells exit code, both streams as bytes, and the time it took', async () => {
    const { end, stdout, stderr } = await runDurably(
      ssh,
      root,
      "printf 'a\\000b\\377'; echo oops >&2; sleep 0.2; exit 7",
    )
    expect(end).toMatchObject({ kind: 'exited', exitCode: 7, timedOut: false })
    expect(end.kind === 'exited' && end.durationMs).toBeGreaterThanOrEqual(190)
    expect([...stdout]).toEqual([97, 0, 98, 255])
    expect(stderr.toString()).toBe('oops\n')
  })

  test('that writes without end fills neither the disk nor the wire', async () => {
    const runId = randomUUID()
    const { end, stdout } = await runDurably(ssh, root, 'timeout 2 yes; sleep 3', { runId })
    expect(end).toMatchObject({ kind: 'exited', exitCode: 0 })
    const oneMore = 10_485_761
    expect(stdout.length).toBe(oneMore)
    expect(stdout.subarray(-4).toString()).toBe('\ny\ny')
    expect(await look(`find /var/lib/drydock /root -path '*${runId}/out' -printf %s`)).toBe(String(oneMore))
    expect(await look(`ps ax | grep -c '[f]lock.*-w 2'; true`)).toBe('0')
  })

  test('has no standard input, and its own name in the environment', async () => {
    const runId = randomUUID()
    const { stdout } = await runDurably(ssh, root, 'cat; echo "$DRYDOCK_RUN"', { runId })
    expect(stdout.toString()).toBe(`${runId}\n`)
  })

  test.each(["a'b", '$(touch /pwned)', '`touch /pwned`', 'two\nlines\n', '"\\', '%s %n', '-n', 'é ☃'])(
    'hands over a hostile script and secret unchanged: %j',
    async (value) => {
      const script = `cat <<'THE END'\n${value}\nTHE END\nprintf '%s' "$SECRET"`
      const { stdout } = await runDurably(ssh, root, script, { secrets: { SECRET: value } })
      expect(stdout.toString()).toBe(`${value}\n${value}`)
      expect(await look('ls /pwned 2>&1')).toContain('No such file')
    },
  )

  test('runs as root, as the application user, by sudo without and with a password', async () => {
    expect(await whoami(root, 'root')).toBe('root')
    expect(await whoami(app, 'app')).toBe('app')
    expect(await whoami(app, 'root')).toBe('root')
    expect(await whoami(pw, 'root')).toBe('root')
    expect((await ssh.read(pw, cleared('id -un; cat'), { as: 'root' })).stdout).toBe('root\n')
  })

  test('missing sudo rights and a wrong password are told apart from all else, and the password is tried once', async () => {
    await expect(runDurably(ssh, as('pw'), 'true')).rejects.toMatchObject({
      type: 'permission_denied',
      message: expect.stringContaining('password is required'),
    })
    await expect(runDurably(ssh, as('pw', 'wrong'), 'true')).rejects.toMatchObject({
      type: 'permission_denied',
      message: expect.stringContaining('did not accept the password'),
    })
    const failures = await look('journalctl -q --no-pager _COMM=sudo | grep -c "authentication failure"; true')
    expect(Number(failures)).toBe(1)
  })

  test('a sudo password that sudo did not ask for is never executed or shown', async () => {
    const { stdout, stderr } = await runDurably(ssh, as('app', 'touch /tmp/leaked'), 'id -un')
    expect(stdout.toString()).toBe('root\n')
    expect(stderr.toString()).toBe('')
    expect(await look('ls /tmp/leaked 2>&1')).toContain('No such file')
  })

  test('a secret is in the environment of the command only: not in a process list, the run directory or a file that stays', async () => {
    const runId = randomUUID()
    const secret = `s3cret-${randomUUID()}`
    const running = runDurably(ssh, root, 'printenv TOKEN; sleep 3', { runId, secrets: { TOKEN: secret } })
    await until(async () => Number(await carriers(runId)) > 0)
    const encoded = secret.replaceAll('-', '\\\\055')
    expect(await look(`ps axww -o args | grep -F -e '${secret}' -e '${encoded}' | grep -vc grep; true`)).toBe('0')
    expect(
      await look(
        `grep -rlF '${secret}' /var/lib/drydock/runs/${runId}/run /var/lib/drydock/runs/${runId}/script; true`,
      ),
    ).toBe('')
    expect(await look('ls /dev/shm /run | grep drydock; true')).toBe('')
    const { stdout } = await running
    expect(stdout.toString().trim()).toBe(secret)
  })

  test('started twice by one id, at the same time and later, it runs once and both get its output', async () => {
    const runId = randomUUID()
    const script = 'echo mark >>/root/twice; echo out; sleep 0.5; echo more'
    const both = await Promise.all([ssh, another()].map((one) => runDurably(one, root, script, { runId })))
    const later = await runDurably(another(), root, script, { runId })
    for (const { end, stdout } of [...both, later]) {
      expect(end).toMatchObject({ kind: 'exited', exitCode: 0 })
      expect(stdout.toString()).toBe('out\nmore\n')
    }
    expect(await marksIn('/root/twice')).toBe(1)
  })

  test('survives the death of its connection in the middle: the retry reads on and starts nothing', async () => {
    const runId = randomUUID()
    const kept = createKeeper()
    const script =
      'echo mark >>/root/cut; i=0; while [ $i -lt 30 ]; do echo line $i; echo err $i >&2; i=$((i+1)); sleep 0.1; done; exit 3'
    let cuts = 0
    const boot = await ssh.boot(root)
    const attempt = () =>
      another().run(root, cleared(script, 'change'), {
        runId,
        as: 'root',
        boot,
        mayStart: true,
        timeoutMs: 60_000,
        offsets: kept.offsets(),
        onOutput: async (chunks: OutputChunk[]) => {
          const offsets = kept.keep(chunks)
          if (cuts < 3 && offsets.stdout > 40 * (cuts + 1)) {
            cuts += 1
            // sshd's children for this session, not the listener
            await host.sh('pkill -9 -f "^sshd: root@notty"')
          }
          return offsets
        },
      })
    let end = null
    while (!end) {
      end = await attempt().catch((error) => {
        expect(error).toMatchObject({ type: 'connection_lost' })
        return null
      })
    }
    expect(cuts).toBe(3)
    expect(end).toMatchObject({ kind: 'exited', exitCode: 3 })
    const lines = Array.from({ length: 30 }, (_, i) => i)
    expect(kept.bytes('stdout').toString()).toBe(lines.map((i) => `line ${i}\n`).join(''))
    expect(kept.bytes('stderr').toString()).toBe(lines.map((i) => `err ${i}\n`).join(''))
    expect(await marksIn('/root/cut')).toBe(1)
  })

  test('survives a network that drops everything: the loss is noticed within limits, and the retry reads on', async () => {
    const runId = randomUUID()
    const kept = createKeeper()
    const fragile = another({ keepAliveMs: 1_000, keepAliveCount: 2 })
    const script = 'echo mark >>/root/net; echo first; sleep 6; echo last'
    const boot = await fragile.boot(root)
    const options = {
      runId,
      as: 'root' as const,
      boot,
      mayStart: true,
      timeoutMs: 60_000,
      onOutput: async (chunks: OutputChunk[]) => {
        const offsets = kept.keep(chunks)
        if (offsets.stdout === 6) await host.cutNetwork()
        return offsets
      },
    }
    const startedAt = Date.now()
    await expect(
      fragile.run(root, cleared(script, 'change'), { ...options, offsets: kept.offsets() }),
    ).rejects.toMatchObject({ name: 'SshError' })
    expect(Date.now() - startedAt).toBeLessThan(25_000)
    await host.restoreNetwork()
    const end = await fragile.run(root, cleared(script, 'change'), { ...options, offsets: kept.offsets() })
    expect(end).toMatchObject({ kind: 'exited', exitCode: 0 })
    expect(kept.bytes('stdout').toString()).toBe('first\nlast\n')
    expect(await marksIn('/root/net')).toBe(1)
  })

  test('a pooled connection that has died without a word is replaced, for reads and for runs', async () => {
    const impatient = another({ connectTimeoutMs: 1_000 })
    for (const work of ['read', 'run']) {
      await impatient.read(root, cleared('true'), { as: 'root' })
      await host.sh('pkill -STOP -f "^sshd: root@notty"')
      const startedAt = Date.now()
      if (work === 'read') {
        expect(await impatient.read(root, cleared('echo in'), { as: 'root' })).toMatchObject({
          stdout: 'in\n',
          attempt: 2,
        })
      } else {
        const boot = await impatient.boot(root)
        expect((await runDurably(impatient, root, 'echo in', { boot })).stdout.toString()).toBe('in\n')
      }
      expect(Date.now() - startedAt).toBeLessThan(5_000)
      await host.sh('pkill -KILL -f "^sshd: root@notty"')
      await until(() => impatient.pool().total === 0)
    }
  })

  test('survives the process that started it: another one attaches', async () => {
    const run = {
      runId: randomUUID(),
      boot: await ssh.boot(root),
      script: 'echo mark >>/root/killed; sleep 2; echo end',
    }
    const plain = { address: host.address, port: host.port, keyPath: host.keyPath, hostKeys: host.hostKeys }
    const first = spawn(
      process.execPath,
      ['--import', 'tsx', join(import.meta.dirname, '../support/run-once.ts'), JSON.stringify({ host: plain, run })],
      { stdio: 'ignore' },
    )
    await until(async () => (await marksIn('/root/killed')) === 1)
    first.kill('SIGKILL')
    const { end, stdout } = await runDurably(ssh, root, run.script, run)
    expect(end).toMatchObject({ kind: 'exited', exitCode: 0 })
    expect(stdout.toString()).toBe('end\n')
    expect(await marksIn('/root/killed')).toBe(1)
  })
})
