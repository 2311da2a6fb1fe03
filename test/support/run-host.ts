import { afterAll, afterEach, beforeAll } from 'vitest'
import { bootHost, type LabHost } from '../../lab/index.ts'
import type { Ssh, Target } from '../../ssh/index.ts'
import { openSsh, targetOf } from './sshd.ts'

/** A host with root, `app` (sudo without a password) and `pw` (sudo with one), there while the tests of a file run. */
export let host: LabHost
export let root: Target
export let app: Target
export let pw: Target
export let ssh: Ssh
let open: Ssh[] = []

/** A second way in, closed after the test. */
export const another = (settings: Parameters<typeof openSsh>[0] = {}): Ssh => {
  const made = openSsh(settings).ssh
  open.push(made)
  return made
}
export const look = async (script: string): Promise<string> => (await host.sh(script)).stdout.trim()
export const as = (user: string, sudoPassword?: string): Target => ({
  ...root,
  login: { ...root.login, user, sudoPassword },
})
/** Every process that carries the run's name. */
export const carriers = (runId: string): Promise<string> =>
  look(`grep -lzxF DRYDOCK_RUN=${runId} /proc/[0-9]*/environ 2>/dev/null | wc -l`)
export const marksIn = async (file: string): Promise<number> => Number(await look(`cat ${file} 2>/dev/null | wc -l`))

export function useRunHost(name: string): void {
  beforeAll(async () => {
    host = await bootHost({ name })
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
}
