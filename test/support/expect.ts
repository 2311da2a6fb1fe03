import { connect } from 'node:net'
import { expect } from 'vitest'
import type { LabHost } from '../../lab/index.ts'
import { fingerprint } from './apply-plan.ts'
import { type Login, ssh } from './ssh-client.ts'

export type { Login } from './ssh-client.ts'

/** Logs in and runs a command with the host's pinned keys; the answer is its output. */
export async function expectLogin(login: Login, command = 'id -un'): Promise<string> {
  const ended = await ssh(login, command)
  expect(ended.exitCode, `log-in of ${login.user} at ${login.address}: ${ended.stderr}`).toBe(0)
  return ended.stdout
}

/** The server answers, and does not let this user in with this key. */
export async function expectLoginRefused(login: Login): Promise<void> {
  const ended = await ssh(login, 'true')
  expect(ended.exitCode, `log-in of ${login.user} at ${login.address}`).toBe(255)
  expect(ended.stderr).toContain('Permission denied')
}

/** Nobody answers: the connection is refused or its packets are dropped. */
export async function expectPortClosed(at: { address: string; port: number }): Promise<void> {
  expect(await knock(at), `port ${at.port} of ${at.address}`).not.toBe('open')
}

export async function expectPortOpen(at: { address: string; port: number }): Promise<void> {
  expect(await knock(at), `port ${at.port} of ${at.address}`).toBe('open')
}

/** What becomes of a TCP connection within two seconds. */
export function knock(at: { address: string; port: number }): Promise<'open' | 'refused' | 'silent'> {
  return new Promise((resolve) => {
    const socket = connect({ host: at.address, port: at.port })
    const answer = (value: 'open' | 'refused' | 'silent') => {
      socket.destroy()
      resolve(value)
    }
    socket.setTimeout(2_000, () => answer('silent'))
    socket.once('connect', () => answer('open')).once('error', () => answer('refused'))
  })
}

/** Names each line of an earlier fingerprint that is gone, and each that is new. */
export async function expectRestored(host: LabHost, before: readonly string[]): Promise<void> {
  const after = await fingerprint(host)
  expect({
    gone: before.filter((line) => !after.includes(line)),
    new: after.filter((line) => !before.includes(line)),
  }).toEqual({ gone: [], new: [] })
}
