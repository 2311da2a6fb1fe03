import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HostKey } from '../../schema/server.ts'

/** Where and as whom to log in with the system's own ssh: a second opinion beside the product's. */
export type Login = {
  readonly address: string
  readonly port: number
  readonly user: string
  readonly keyPath: string
  readonly hostKeys: readonly HostKey[]
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

/** Runs a command over one log-in of the system's own ssh, with the host's pinned keys. */
export async function ssh(login: Login, command: string, input?: string): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-known-'))
  try {
    const known = join(folder, 'known_hosts')
    const at = login.port === 22 ? login.address : `[${login.address}]:${login.port}`
    await writeFile(known, login.hostKeys.map((key) => `${at} ${key.type} ${key.blob}\n`).join(''))
    const whom = ['-i', login.keyPath, '-p', String(login.port), `${login.user}@${login.address}`]
    return await run('ssh', ['-F', 'none', '-o', `UserKnownHostsFile=${known}`, ...strict, ...whom, command], input)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function run(program: string, args: string[], input = ''): Promise<Ended> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.on('error', () => {}) // it ended without reading what it was given
  child.stdin.end(input)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  return { exitCode, stdout, stderr }
}
