import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { bootHost, isLabPossible, type LabHost } from '../../lab/index.ts'
import type { OutputChunk } from '../../schema/run.ts'
import type { Ssh, Target } from '../../ssh/index.ts'
import { cleared, createKeeper, openSsh, runDurably, targetOf, until } from '../support/sshd.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 })
const lab = await isLabPossible()

describe.skipIf(!lab.possible)('a durable run on a real host', () => {
  let host: LabHost
  let root: Target
  let app: Target
  let pw: Target
  let ssh: Ssh
  let open: Ssh[] = []

  const another = (settings: Parameters<typeof openSsh>[0] = {}) => {
    const made = openSsh(settings).ssh
    open.push(made)
    return made
  }
  const look = async (script: string) => (await host.sh(script)).stdout.trim()
  const as = (user: string, sudoPassword?: string): Target => ({
    ...root,
    login: { ...root.login, user, sudoPassword },
  })
  /** Every process that carries the run's name. */
  const carriers = async (runId: string) =>
    look(`grep -lzxF DRYDOCK_RUN=${runId} /proc/[0-9]*/environ 2>/dev/null | wc -l`)
  const marksIn = async (file: string) => Number(await look(`cat ${file} 2>/dev/null | wc -l`))

  beforeAll(async () => {
    host = await bootHost({ name: 'ssh-runs' })
    root = targetOf(host)
    for (const user of ['app', 'pw']) {
      await host.sh(
        `useradd -m -s /bin/bash ${user}; mkdir -p /home/${user}/.ssh; cp /root/.ssh/authorized_keys /home/${user}/.ssh/; chown -R ${user}: /home/${user}; echo ${user}:${user}-secret | chpasswd`,
      )
    }
    await host.sh(
      `echo 'app ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/app; echo 'pw ALL=(ALL) ALL' >/etc/sudoers.d/pw; chmod 440 /etc/sudoers.d/*; echo "127.0.1.1 $(hostname)" >>/etc/hosts`,
    )
    app = as('app')
    pw = as('pw', 'pw-secret')
    ssh = openSsh().ssh
  })
  afterEach(async () => {
    await Promise.all(open.map((one) => one.close()))
    open = []
  })
  afterAll(async () => {
    await ssh?.close()
    await host?.stop()
  })

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
    const whoami = async (target: Target, who: 'root' | 'app') => {
      const { stdout } = await runDurably(ssh, target, 'id -un; cat', { as: who })
      return stdout.toString().trim()
    }
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
    await until(async () => (await look('pgrep -fc "^sh -s$"; true')) === '0')
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

  test('a slow consumer holds the host back and loses nothing of 20 MB', async () => {
    const hash = createHash('sha256')
    let bytes = 0
    const { end } = await runDurably(ssh, root, 'head -c 20000000 /dev/urandom | tee /root/slow', {
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
