import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { bootHost, isLabPossible, type LabHost } from '../../lab/index.ts'
import type { Target } from '../../ssh/index.ts'
import { openSsh, runDurably, targetOf, until } from '../support/sshd.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 300_000 })
const lab = await isLabPossible()

const prepare = `
apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q libpam-systemd
mkdir -p /etc/systemd/logind.conf.d /home/app
printf '[Login]\\nKillUserProcesses=yes\\n' >/etc/systemd/logind.conf.d/kill.conf
systemctl restart systemd-logind
useradd -m -s /bin/bash app
mkdir -p /home/app/.ssh; cp /root/.ssh/authorized_keys /home/app/.ssh/; chown -R app: /home/app
echo 'app ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/app`

describe.skipIf(!lab.possible)('where logind ends what a log-in started when the log-in ends', () => {
  let host: LabHost
  let app: Target
  const { ssh } = openSsh()

  beforeAll(async () => {
    host = await bootHost({ name: 'ssh-logind' })
    const { exitCode, stderr } = await host.sh(prepare)
    if (exitCode !== 0) throw new Error(stderr)
    const root = targetOf(host)
    app = { ...root, login: { ...root.login, user: 'app' } }
  })
  afterAll(async () => {
    await ssh.close()
    await host?.stop()
  })

  test('a run by root is a unit of its own, outlives every session of its log-in and runs once', async () => {
    const runId = randomUUID()
    const boot = await ssh.boot(app)
    const script = 'echo mark >>/root/marks; echo "$HOME"; sleep 4; setsid sleep 30 & exit 5'
    let stdout = 0
    const onOutput = async (chunks: readonly { bytes: Uint8Array }[]) => {
      for (const { bytes } of chunks) stdout += bytes.length
      return { stdout, stderr: 0 }
    }
    const first = runDurably(ssh, app, script, { runId, boot, onOutput }).catch((error) => error)
    // A connection that was lost before a word of the run had come would be tried again by itself.
    await until(async () => stdout > 0)
    await host.sh('loginctl terminate-user app')
    expect(await first).toMatchObject({ type: 'connection_lost' })
    const again = await runDurably(ssh, app, '', { runId, boot })
    expect(again.end).toMatchObject({ kind: 'exited', exitCode: 5 })
    expect(again.stdout.toString()).toBe('/root\n')
    expect((await host.sh('cat /root/marks; pgrep -fc "sleep 30$"')).stdout).toBe('mark\n1\n')
    expect(await ssh.kill(app, { runId, as: 'root' })).toBe('gone')
  })

  test('a run that could not outlive its log-in is refused before it starts', async () => {
    await expect(runDurably(ssh, app, 'touch /tmp/started', { as: 'app' })).rejects.toMatchObject({
      type: 'permission_denied',
      message: expect.stringContaining('KillUserProcesses'),
    })
    expect((await host.sh('ls /tmp/started 2>&1')).stdout).toContain('No such file')
  })
})
