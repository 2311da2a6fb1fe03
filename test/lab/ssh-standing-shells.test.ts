import { describe, expect, test, vi } from 'vitest'
import { isLabPossible } from '../../lab/index.ts'
import { begin, sshd, target, useLoopbackSshd } from '../support/loopback-sshd.ts'
import { cleared, runDurably } from '../support/sshd.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 240_000 })
const lab = await isLabPossible()

const sessions = async () => ((await sshd.log()).match(/Starting session: command/g) ?? []).length
const open = () => {
  const { ssh } = begin()
  return { ssh, read: (script: string) => ssh.read(target, cleared(script), { as: 'root', fresh: true }) }
}

describe.skipIf(!lab.possible)('shells that stand by on a host', () => {
  useLoopbackSshd()

  test('twenty reads and a durable run, one after the other, need one session', async () => {
    const { ssh, read } = open()
    const before = await sessions()
    for (let i = 0; i < 20; i++) expect((await read(`echo ${i}`)).stdout).toBe(`${i}\n`)
    const boot = await ssh.boot(target)
    expect((await runDurably(ssh, target, 'echo durable', { boot })).stdout.toString()).toBe('durable\n')
    expect((await sessions()) - before).toBe(1)
  })

  test('nothing of a program is there for the next one: exit status, directory, variables, umask, descriptors', async () => {
    const { read } = open()
    const clean = await read('pwd; umask; echo "[$LEFT]"; ls /proc/self/fd | wc -l')
    expect(await read('cd /tmp; umask 000; export LEFT=1; exec 7</etc/passwd; exit 7')).toMatchObject({ exitCode: 7 })
    expect((await read('pwd; umask; echo "[$LEFT]"; ls /proc/self/fd | wc -l')).stdout).toBe(clean.stdout)
  })

  test('what a read leaves running never speaks in the output of another', async () => {
    const { read } = open()
    expect(
      (await read('while echo late && echo late >&2; do sleep 0.01; done & sleep 0.1; echo one')).stdout,
    ).toContain('one\n')
    const deadline = Date.now() + 1_000
    while (Date.now() < deadline) expect(await read('echo two')).toMatchObject({ stdout: 'two\n', stderr: '' })
  })

  test('a shell that is killed on the host is replaced', async () => {
    const { read } = open()
    await read('true')
    expect(await read('kill -KILL "$(ps -o ppid= -p $PPID | tr -d " ")"; sleep 5')).toMatchObject({ success: false })
    expect(await read('echo back')).toMatchObject({ stdout: 'back\n' })
  })
})
