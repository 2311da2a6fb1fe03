import { createHash, randomUUID } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { isLabPossible } from '../../lab/index.ts'
import { another, app, as, carriers, host, look, marksIn, pw, root, ssh, useRunHost } from '../support/run-host.ts'
import { cleared, runDurably, until } from '../support/sshd.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 })
const lab = await isLabPossible()

describe.skipIf(!lab.possible)('the end of a durable run on a real host', () => {
  useRunHost('ssh-ended')

  test('letting go detaches: the run goes on, and its follower on the host ends', async () => {
    const runId = randomUUID()
    const abort = new AbortController()
    const running = runDurably(ssh, root, 'sleep 8; echo done', { runId, signal: abort.signal })
    await until(async () => Number(await carriers(runId)) > 0)
    abort.abort()
    await expect(running).rejects.toMatchObject({ name: 'AbortError' })
    expect(Number(await carriers(runId))).toBeGreaterThan(0)
    const { stdout } = await runDurably(ssh, root, '', { runId })
    expect(stdout.toString()).toBe('done\n')
    // Shells that stand by for the next program hold nothing of a run.
    await until(async () => (await look(`ls -l /proc/[0-9]*/fd 2>/dev/null | grep -c "/runs/${runId}"; true`)) === '0')
  })

  test('a time limit ends the whole session and what it has daemonised, and is said', async () => {
    const runId = randomUUID()
    const script =
      'trap "" TERM; setsid nohup sh -c "trap : TERM; while :; do sleep 1; done" >/dev/null 2>&1 & sleep 300'
    const { end } = await runDurably(ssh, root, script, { runId, timeoutMs: 1_000 })
    expect(end).toMatchObject({ kind: 'killed', timedOut: true })
    expect(await carriers(runId)).toBe('0')
  })

  test('a command that ends well keeps the background process that it left', async () => {
    const runId = randomUUID()
    const startedAt = Date.now()
    await runDurably(ssh, root, 'setsid sleep 60 >/dev/null 2>&1 & echo up', { runId })
    expect(Date.now() - startedAt).toBeLessThan(10_000)
    expect(await carriers(runId)).toBe('1')
    expect(await ssh.kill(root, { runId, as: 'root' })).toBe('gone')
    expect(await carriers(runId)).toBe('0')
  })

  test.each(['direct', 'sudo', 'sudo password'])('kill leaves nothing, and may be said again (%s)', async (how) => {
    const target = { direct: root, sudo: app, 'sudo password': pw }[how] ?? root
    const runId = randomUUID()
    const script = `setsid nohup sh -c 'trap "" TERM HUP; while :; do sleep 1; done' >/dev/null 2>&1 &
      env -i perl -e 'setpgrp; sleep 299' & sleep 298`
    const running = runDurably(ssh, target, script, { runId })
    await until(async () => Number(await carriers(runId)) >= 3 && (await look('pgrep -fc "sleep 299$"; true')) === '1')
    expect(await ssh.kill(target, { runId, as: 'root' })).toBe('gone')
    expect(await carriers(runId)).toBe('0')
    expect(await look('pgrep -fc "sleep 29[89]$"; true')).toBe('0')
    expect(await running).toMatchObject({ end: { kind: 'killed', timedOut: false } })
    expect(await ssh.kill(target, { runId, as: 'root' })).toBe('was_gone')
  })

  test('a run that was killed before it started never starts', async () => {
    const runId = randomUUID()
    expect(await ssh.kill(root, { runId, as: 'root' })).toBe('was_gone')
    const { end } = await runDurably(ssh, root, 'touch /root/too-late', { runId })
    expect(end).toMatchObject({ kind: 'killed' })
    expect(await look('ls /root/too-late 2>&1')).toContain('No such file')
  })

  test('killing one run leaves another whose id begins the same', async () => {
    const runId = randomUUID()
    const longer = `${runId}.1`
    const running = runDurably(ssh, root, 'sleep 3; echo alive', { runId: longer })
    await until(async () => Number(await carriers(longer)) > 0)
    await ssh.kill(root, { runId, as: 'root' })
    expect((await running).stdout.toString()).toBe('alive\n')
  })

  test('where nothing may be started any more, a run without a trace is unknown', async () => {
    const { end } = await runDurably(ssh, root, 'touch /root/never', { mayStart: false })
    expect(end).toMatchObject({ kind: 'unknown' })
    const old = await runDurably(ssh, root, 'touch /root/never', { boot: `${randomUUID()}:1` })
    expect(old.end).toMatchObject({ kind: 'unknown' })
    expect(await look('ls /root/never 2>&1')).toContain('No such file')
  })

  test('a supervisor killed from outside leaves an unknown outcome, and nothing is started again', async () => {
    const runId = randomUUID()
    const running = runDurably(ssh, root, 'echo mark >>/root/shot; sleep 297', { runId })
    await until(async () => (await marksIn('/root/shot')) === 1)
    await host.sh(`pkill -9 -f "sh /var/lib/drydock/runs/${runId}/run"`)
    expect((await running).end).toMatchObject({ kind: 'unknown' })
    expect((await runDurably(ssh, root, '', { runId })).end).toMatchObject({ kind: 'unknown' })
    expect(await ssh.kill(root, { runId, as: 'root' })).toBe('gone')
    expect(await look('pgrep -fc "sleep 297$"; true')).toBe('0')
    expect(await marksIn('/root/shot')).toBe(1)
  })

  test.each(['/var/lib/drydock full', '/var/lib/drydock read-only'])('%s: refused before the start', async (kind) => {
    await host.sh(
      'mkdir -p /var/lib/drydock; mount -t tmpfs -o size=64k tmpfs /var/lib/drydock; mkdir -m 700 /var/lib/drydock/runs',
    )
    await host.sh(
      kind.endsWith('full') ? 'cat /dev/zero >/var/lib/drydock/fill' : 'mount -o remount,ro /var/lib/drydock',
    )
    const runId = randomUUID()
    try {
      await expect(runDurably(ssh, root, 'touch /root/no-room', { runId })).rejects.toMatchObject({ type: 'disk_full' })
      expect(await look('ls /root/no-room 2>&1')).toContain('No such file')
    } finally {
      await host.sh('umount /var/lib/drydock')
    }
    expect((await runDurably(ssh, root, 'echo now', { runId })).stdout.toString()).toBe('now\n')
  })

  test('a noexec file system and a restrictive log-in shell do not matter', async () => {
    await host.sh(
      'usermod -s /bin/sh app; mkdir -p /home/app/.local/state/drydock; chown -R app: /home/app/.local; mount -t tmpfs -o noexec,mode=777 tmpfs /home/app/.local/state/drydock',
    )
    try {
      expect((await runDurably(another(), app, 'id -un', { as: 'app' })).stdout.toString()).toBe('app\n')
      expect(await look('stat -c %a /home/app/.local/state/drydock/runs')).toBe('700')
    } finally {
      await host.sh('umount /home/app/.local/state/drydock')
    }
  })

  test('noise of start-up files stays out of the output', async () => {
    await host.sh(
      'echo "echo noise; echo noise >&2" >/root/.bashrc.noise; cp /root/.bashrc /root/.bashrc.kept; cat /root/.bashrc.noise /root/.bashrc.kept >/root/.bashrc',
    )
    try {
      const { stdout, stderr } = await runDurably(another(), root, 'echo clean')
      expect([stdout.toString(), stderr.toString()]).toEqual(['clean\n', ''])
      expect((await ssh.read(root, cleared('echo clean'), { as: 'root' })).stdout).toBe('clean\n')
    } finally {
      await host.sh('mv /root/.bashrc.kept /root/.bashrc')
    }
  })

  test('a slow consumer holds the host back and loses nothing of 10 MB', async () => {
    const hash = createHash('sha256')
    let bytes = 0
    const { end } = await runDurably(ssh, root, 'head -c 10000000 /dev/urandom | tee /root/slow', {
      onOutput: async (chunks) => {
        for (const chunk of chunks) {
          hash.update(chunk.bytes)
          bytes += chunk.bytes.length
        }
        await new Promise((resolve) => setTimeout(resolve, 5))
        return { stdout: bytes, stderr: 0 }
      },
    })
    expect(end).toMatchObject({ kind: 'exited', exitCode: 0 })
    expect(hash.digest('hex')).toBe((await look('sha256sum /root/slow')).slice(0, 64))
  })

  test('a sweep removes what has ended and leaves what goes on', async () => {
    const done = randomUUID()
    const going = randomUUID()
    await runDurably(ssh, root, 'true', { runId: done })
    const running = runDurably(ssh, root, 'sleep 3', { runId: going })
    await until(async () => Number(await carriers(going)) > 0)
    await ssh.sweep(root, { runIds: [done, going, randomUUID()], as: 'root' })
    expect(await look(`ls /var/lib/drydock/runs | grep -e ${done} -e ${going}`)).toBe(going)
    await running
  })

  test('a fresh log-in tells success, sudo, and what refuses', async () => {
    expect(await ssh.testLogin(app, { fresh: true, sudo: true })).toMatchObject({
      success: true,
      sudo: true,
      user: 'app',
    })
    expect(await ssh.testLogin(as('pw'), { fresh: true, sudo: true })).toMatchObject({
      success: false,
      sudo: false,
      errorType: 'permission_denied',
    })
    expect(await ssh.testLogin(as('nobody'), { fresh: true, sudo: false })).toMatchObject({
      success: false,
      errorType: 'authentication_failed',
    })
  })

  test.each(['clean', 'power_cut'] as const)(
    'after a reboot (%s) an ended run is ended and a cut one unknown',
    async (how) => {
      const ended = { runId: randomUUID(), boot: await ssh.boot(root) }
      const cut = { runId: randomUUID(), boot: ended.boot }
      await runDurably(ssh, root, 'echo kept; exit 9', ended)
      const cutting = runDurably(ssh, root, `echo mark >>/root/reboot-${how}; sync; sleep 600`, cut).catch(
        (error) => error,
      )
      await until(async () => (await marksIn(`/root/reboot-${how}`)) === 1)
      await host.reboot(how)
      await cutting
      const again = another()
      await until(() =>
        again.boot(root).then(
          () => true,
          () => false,
        ),
      )
      expect(await again.boot(root)).not.toBe(ended.boot)
      const first = await runDurably(again, root, 'echo again', ended)
      expect(first.end).toMatchObject({ kind: 'exited', exitCode: 9 })
      expect(first.stdout.toString()).toBe('kept\n')
      const { end } = await runDurably(again, root, `echo mark >>/root/reboot-${how}`, cut)
      expect(['unknown', 'exited', 'killed']).toContain(end.kind)
      if (how === 'power_cut') expect(end.kind).toBe('unknown')
      expect(await marksIn(`/root/reboot-${how}`)).toBe(1)
    },
  )
})
