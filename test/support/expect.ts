import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { LabHost } from '../../lab/index.ts'
import type { HostKey } from '../../schema/server.ts'
import { fingerprint } from './apply-plan.ts'

/** Where and as whom to log in with the system's own ssh: a second opinion beside the product's. */
export type Login = {
  readonly address: string
  readonly port: number
  readonly user: string
  readonly keyPath: string
  readonly hostKeys: readonly HostKey[]
}

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

type Ended = { exitCode: number | null; stdout: string; stderr: string }

/** No configuration or agent of whoever runs the tests has a say. */
const strict = [
  'BatchMode=yes',
  'IdentitiesOnly=yes',
  'StrictHostKeyChecking=yes',
  'GlobalKnownHostsFile=none',
  'ConnectTimeout=10',
].flatMap((option) => ['-o', option])

async function ssh(login: Login, command: string): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-known-'))
  try {
    const known = join(folder, 'known_hosts')
    const at = login.port === 22 ? login.address : `[${login.address}]:${login.port}`
    await writeFile(known, login.hostKeys.map((key) => `${at} ${key.type} ${key.blob}\n`).join(''))
    const whom = ['-i', login.keyPath, '-p', String(login.port), `${login.user}@${login.address}`]
    return await run('ssh', ['-F', 'none', '-o', `UserKnownHostsFile=${known}`, ...strict, ...whom, command])
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function run(program: string, args: string[]): Promise<Ended> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  return { exitCode, stdout, stderr }
}

/** Names each line of an earlier fingerprint that is gone, and each that is new. */
export async function expectRestored(host: LabHost, before: readonly string[]): Promise<void> {
  const after = await fingerprint(host)
  expect({
    gone: before.filter((line) => !after.includes(line)),
    new: after.filter((line) => !before.includes(line)),
  }).toEqual({ gone: [], new: [] })
}
