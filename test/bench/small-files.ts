import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { packDifference, readArchive } from '../../activities/packing.ts'
import { archiveOf, listDirectory } from '../../cli/local-directory.ts'
import { lookAtTree, parseTree } from '../../commands/synchronization.ts'
import { fillPart } from '../../commands/transfer.ts'
import type { LoopbackSshd } from '../../lab/index.ts'
import { compareTrees } from '../../plans/compared-trees.ts'
import { planSynchronization } from '../../plans/synchronization.ts'
import { gathered } from '../../schema/tar.ts'
import { openSsh, targetOf } from '../support/sshd.ts'
import { type Figures, inTurns, whole } from './measure.ts'
import { type At, clearedOf, plainClient, runsOn } from './transfer.ts'

const idle = (): void => undefined

const everything = { include: [], exclude: [], delete: false }

/** 1,000 files of 1 to 8 KB in 20 folders, to where nothing is: against rsync, which neither keeps a way back nor hashes what it wrote. */
export async function smallFiles(sshd: LoopbackSshd): Promise<Figures> {
  const at: At = { ...sshd, address: sshd.addresses[0] ?? '' }
  const folder = await mkdtemp('/dev/shm/drydock-bench-')
  const { ssh } = openSsh()
  try {
    const source = join(folder, 'source')
    await makeFiles(source)
    const target = targetOf(at)
    const run = await runsOn(ssh, target)
    let round = 0
    const ours = async () => {
      const path = join(folder, `ours-${(round += 1)}`)
      const [from, to] = [join(folder, 'archive'), join(folder, 'packed')]
      const { entries: listed } = await listDirectory(source, everything)
      await pipeline(Readable.from(gathered(archiveOf(source, listed))), createWriteStream(from))
      const entries = await readArchive(from)
      const sizes = entries.filter(({ kind }) => kind === 'file').map(({ bytes }) => bytes)
      const out: Uint8Array[] = []
      for await (const event of ssh.stream(target, clearedOf(lookAtTree(path, sizes)), {
        as: 'root',
        timeoutMs: 60_000,
      }))
        if (event.kind === 'output' && event.stream === 'stdout') out.push(event.bytes)
      const facts = { ...parseTree(Buffer.concat(out).toString()), path }
      const comparison = compareTrees(entries, facts, everything)
      const made = await packDifference({ from, to, comparison, entries })
      const situation = {
        operationId: 'bench',
        settings: { path },
        as: 'root',
        staging: null,
        overwriting: [],
      } as const
      const { plan, part, packed } = planSynchronization({ ...situation, facts, comparison, packed: made })
      const [prepare, install, finish] = plan.steps
      for (const command of prepare?.apply ?? []) await run(command)
      const sent = { from: to, to: part.path, offset: 0, bytes: packed.bytes, onConfirmed: idle }
      await ssh.send(target, clearedOf(fillPart(part, 0)), sent)
      for (const command of install?.apply ?? []) await run(command)
      if (install?.verify === undefined) throw new Error('nothing to look at')
      const seen = await ssh.read(target, clearedOf(install.verify), { as: 'root', timeoutMs: 60_000 })
      if (seen.exitCode !== 0) throw new Error(`${install.verify.shown}: ${seen.stderr}`)
      for (const command of finish?.apply ?? []) await run(command)
    }
    const copy = await reference(at, folder)
    const theirs = () => copy(source, join(folder, `theirs-${(round += 1)}`))
    return await inTurns({ ours: whole(ours), reference: whole(theirs), rounds: 7, warmUp: 1 })
  } finally {
    await ssh.close()
    await rm(folder, { recursive: true })
  }
}

async function makeFiles(root: string): Promise<void> {
  for (let index = 0; index < 1_000; index += 1) {
    const folder = join(root, `folder-${index % 20}`)
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, `file-${index}`), randomBytes(1_000 + ((index * 7) % 7_000)))
  }
}

const rsyncHere = spawnSync('sh', ['-c', 'command -v rsync'], { encoding: 'utf8' }).stdout.trim()

/** What the row is held against: rsync, where this machine has it. */
export const smallFilesAgainst = rsyncHere === '' ? 'tar of it through ssh' : 'rsync of it over ssh'

type Copy = (from: string, to: string) => Promise<void>

async function reference(at: At, folder: string): Promise<Copy> {
  const client = ['ssh', ...plainClient(at), '-p', String(at.port)].join(' ')
  if (rsyncHere === '')
    return (from, to) =>
      ends('sh', ['-c', `tar -c -C ${from} . | ${client} root@${at.address} 'mkdir ${to}; tar -x -C ${to}'`])
  const there = await broughtAlong(folder)
  return (from, to) =>
    ends('rsync', ['-a', '--rsync-path', there, '-e', client, `${from}/`, `root@${at.address}:${to}`])
}

/** The other side sees a system of its own, without rsync: it gets the one of this machine, with its libraries. */
async function broughtAlong(folder: string): Promise<string> {
  const { stdout } = spawnSync('ldd', [rsyncHere], { encoding: 'utf8' })
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path)
  const place = join(folder, 'rsync')
  await mkdir(place)
  for (const path of [rsyncHere, ...libraries]) await copyFile(path, join(place, basename(path)))
  const loader = libraries.map((path) => basename(path)).find((name) => name.startsWith('ld-')) ?? ''
  return `${join(place, loader)} --library-path ${place} ${join(place, 'rsync')}`
}

async function ends(program: string, words: readonly string[]): Promise<void> {
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}`)
}
