import { spawn } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fillPart, hashAlong, installPart, makePart, partBeside } from '../../commands/transfer.ts'
import type { LoopbackSshd } from '../../lab/index.ts'
import type { Command } from '../../schema/command.ts'
import type { Cleared } from '../../schema/run.ts'
import { openSsh, targetOf } from '../support/sshd.ts'
import { type Figures, inTurns, whole } from './measure.ts'

export type At = {
  readonly address: string
  readonly port: number
  readonly keyPath: string
  readonly hostKeys: LoopbackSshd['hostKeys']
}

/** One file of a gigabyte: sent, hashed by the host, in place; against scp, which does the first only. */
export const upload = (sshd: LoopbackSshd): Promise<Figures> =>
  uploadTo({ ...sshd, address: sshd.addresses[0] ?? '' }, { bytes: 1_000_000_000, rounds: 3 })

/** The same with 50 ms each way; in fewer rounds, because scp alone takes a minute for each. */
export async function uploadAfar(sshd: LoopbackSshd): Promise<Figures> {
  const proxy = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'delay-proxy.ts'), sshd.addresses[0] ?? '', String(sshd.port), '50'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  try {
    const [port] = await once(proxy.stdout, 'data')
    const at = { ...sshd, address: '127.0.0.1', port: Number(String(port)) }
    return await uploadTo(at, { bytes: 1_000_000_000, rounds: 2 })
  } finally {
    proxy.kill('SIGTERM')
  }
}

async function uploadTo(at: At, { bytes, rounds }: { bytes: number; rounds: number }): Promise<Figures> {
  // In memory on both sides, so that no disk is measured.
  const folder = await mkdtemp('/dev/shm/drydock-bench-')
  const { ssh } = openSsh()
  try {
    const source = join(folder, 'source')
    const sha256 = await makeFile(source, bytes)
    const target = targetOf(at)
    const run = await runsOn(ssh, target)
    const path = join(folder, 'ours')
    const part = partBeside(path, 'bench')
    const file = { path, bytes, sha256, mode: '644', owner: 'root', group: 'root' }
    const ours = async () => {
      await run(makePart(part, bytes))
      const along = clearedOf(hashAlong(part))
      const o = { from: source, to: part.path, offset: 0, bytes, along, onConfirmed: () => undefined }
      await ssh.send(target, clearedOf(fillPart(part, 0)), o)
      await run(installPart(part, file))
    }
    return await inTurns({
      ours: whole(ours),
      reference: whole(() => scp(at, source, join(folder, 'theirs'))),
      rounds,
      warmUp: 0,
    })
  } finally {
    await ssh.close()
    await rm(folder, { recursive: true })
  }
}

/** Runs commands on a target as durable runs, one after the other. */
export async function runsOn(
  ssh: ReturnType<typeof openSsh>['ssh'],
  target: ReturnType<typeof targetOf>,
): Promise<(command: Command) => Promise<void>> {
  const boot = await ssh.boot(target)
  const series = randomUUID()
  let tries = 0
  return async (command) => {
    const end = await ssh.run(target, clearedOf(command), {
      runId: `bench-${series}-${(tries += 1)}`,
      as: 'root',
      boot,
      mayStart: true,
      timeoutMs: command.timeoutMs ?? 60_000,
      offsets: { stdout: 0, stderr: 0 },
      onOutput: () => Promise.resolve({ stdout: 0, stderr: 0 }),
    })
    if (end.kind !== 'exited' || end.exitCode !== 0) throw new Error(`${command.shown}: ${JSON.stringify(end)}`)
  }
}

export const clearedOf = (command: Command): Cleared => ({
  command,
  digest: '',
  serverId: 'server-1',
  clearedBecause: 'a bench',
})

async function makeFile(path: string, bytes: number): Promise<string> {
  const piece = randomBytes(1_000_000)
  const pieces = Array.from({ length: bytes / piece.length }, () => piece)
  await pipeline(Readable.from(pieces), createWriteStream(path))
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}

/** OpenSSH's own client as it comes, with nothing asked and nothing remembered. */
async function scp(at: At, from: string, to: string): Promise<void> {
  const child = spawn('scp', [...plainClient(at), '-P', String(at.port), from, `root@${at.address}:${to}`])
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`scp ended with ${String(code)}`)
}

export const plainClient = ({ keyPath }: At): string[] => [
  '-F',
  'none',
  ...['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'].flatMap((word) => ['-o', word]),
  '-i',
  keyPath,
]
