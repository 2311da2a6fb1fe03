import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { type LoopbackSshd, startLoopbackSshd } from '../../lab/index.ts'
import type { Target } from '../../ssh/index.ts'
import { openSsh, targetOf, until } from './sshd.ts'

/** A real sshd on loopback addresses, there while the tests of a file run. */
export let sshd: LoopbackSshd
export let target: Target
let open: ReturnType<typeof openSsh>[] = []
export const on = (i: number) => ({ ...sshd, address: sshd.addresses[i] ?? '' })
const folders: string[] = []
export const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'drydock-ssh-'))
  folders.push(made)
  return made
}
export const begin = (settings: Parameters<typeof openSsh>[0] = {}) => {
  const made = openSsh(settings)
  open.push(made)
  return made
}

export const logins = async () => ((await sshd.log()).match(/Accepted publickey/g) ?? []).length

/** Established connections to a port, as `ss` lists them; empty when there is none. */
export const socketsTo = (port: number): string =>
  execFileSync('ss', ['-Htn', 'state', 'established', `dport = :${port}`], { encoding: 'utf8' }).trim()

export function useLoopbackSshd(): void {
  beforeAll(async () => {
    sshd = await startLoopbackSshd({ addresses: 3 })
    target = targetOf(on(0))
  })
  afterEach(async () => {
    await Promise.all(open.map(({ ssh }) => ssh.close()))
    open = []
    await until(() => socketsTo(sshd.port) === '')
  })
  afterAll(async () => {
    for (const one of folders) rmSync(one, { recursive: true })
    await sshd.stop()
  })
}
