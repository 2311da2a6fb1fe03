import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Place } from './raw-ssh.ts'

/** OpenSSH's own way to a warm command: one master connection, and a client process for each command. */
export type ControlMaster = { exec(command: string): Promise<void>; end(): Promise<void> }

export async function openControlMaster({ address, port, keyPath }: Place): Promise<ControlMaster> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-bench-ssh-'))
  const socket = ['-F', 'none', '-S', join(folder, 'control')]
  const quiet = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR']
  const to = ['-p', String(port), `root@${address}`]
  const master = spawn('ssh', [...socket, ...quiet, '-M', '-N', '-i', keyPath, ...to], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => master.once('close', () => resolve()))
  const isUp = async () => (await exitCode([...socket, '-O', 'check', ...to])) === 0
  const deadline = Date.now() + 10_000
  while (!(await isUp())) {
    if (Date.now() > deadline) throw new Error('the master connection of ssh did not come up within 10 s')
    await pause(50)
  }
  return {
    async exec(command) {
      const code = await exitCode([...socket, ...to, command])
      if (code !== 0) throw new Error(`ssh ended with ${code}`)
    },
    async end() {
      master.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function exitCode(args: readonly string[]): Promise<number | null> {
  const child = spawn('ssh', args, { stdio: 'ignore' })
  return new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
}
