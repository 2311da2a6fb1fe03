import { mkdir, readFile, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { cacheFolder } from '../schema/folders.ts'
import { HostKey } from '../schema/server.ts'
import { images } from './image.ts'
import { disconnect } from './network.ts'
import { ProcessRef, isAlive, leaderOf, nspawnOf, signal, until } from './processes.ts'

/** What is written down of a host, beside its files: enough to find it, log in and take it away from another process. */
export const HostRecord = z.object({
  name: z.string(),
  image: z.enum(images),
  /** The process whose end ends the host; null for a host that lives on by itself. */
  owner: ProcessRef.nullable(),
  /** Null until it is started; then `starter` says whether that may still happen. */
  supervisor: ProcessRef.nullable(),
  starter: ProcessRef,
  cable: z.object({ slot: z.int(), index: z.int() }).nullable(),
  address: z.string(),
  hostKeys: z.array(HostKey),
})
export type HostRecord = z.infer<typeof HostRecord>
export type Recorded = { folder: string; record: HostRecord }

export const hostsFolder = (): string => join(cacheFolder(process.env), 'lab', 'hosts')
export const keyPathIn = (folder: string): string => join(folder, 'id_ed25519')

/** A host that lives on has the folder of its name, so that there is one of a name; others add what makes them unique. */
export async function makeFolder(o: { name: string; record: HostRecord }): Promise<string> {
  await mkdir(hostsFolder(), { recursive: true })
  const suffix = o.record.owner === null ? '' : `.${process.pid}-${Math.random().toString(36).slice(2, 8)}`
  const folder = join(hostsFolder(), `${o.name}${suffix}`)
  await mkdir(folder, { mode: 0o700 })
  await writeRecord(folder, o.record)
  return folder
}

export async function writeRecord(folder: string, record: HostRecord): Promise<void> {
  const draft = join(folder, 'host.json.new')
  await writeFile(draft, JSON.stringify(record, null, 2))
  await rename(draft, join(folder, 'host.json'))
}

/** Hosts that are up or starting, whoever started them. */
export async function liveHosts(): Promise<Recorded[]> {
  const all = await allHosts()
  const alive = await Promise.all(all.map(({ record }) => isLive(record)))
  return all.filter((_, index) => alive[index])
}

/** Takes away what processes that died have left of their hosts. */
export async function sweep(): Promise<void> {
  const all = await allHosts()
  const alive = await Promise.all(all.map(({ record }) => isLive(record)))
  const dead = all.filter((_, index) => !alive[index])
  for (const host of dead) await takeAway(host)
  if (dead.length === 0) await disconnect(null)
}

/** Ends a host at once, as a power cut does, and leaves nothing of it. */
export async function takeAway({ folder, record }: Recorded): Promise<void> {
  const { supervisor } = record
  if (supervisor !== null) {
    const isGone = await until({ timeoutMs: 20_000 }, () => endProcesses(supervisor))
    if (!isGone) throw new Error(`Process ${supervisor.pid} of the lab host ${record.name} does not end`)
    await until({ timeoutMs: 5_000 }, () => removeCgroups(supervisor.pid))
  }
  await disconnect(record.cable)
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}

/** With number 1 of a host all of it ends, and its supervisor after it. */
async function endProcesses(supervisor: ProcessRef): Promise<boolean> {
  const nspawn = await nspawnOf(supervisor.pid)
  const leader = nspawn === null ? null : await leaderOf(nspawn)
  const supervises = await isAlive(supervisor)
  if (leader !== null) signal(leader, 'SIGKILL')
  else if (nspawn !== null) signal(nspawn, 'SIGTERM')
  else if (supervises) signal(supervisor.pid, 'SIGTERM')
  return nspawn === null && !supervises
}

async function isLive(record: HostRecord): Promise<boolean> {
  if (record.supervisor === null) return isAlive(record.starter)
  if (record.owner !== null && !(await isAlive(record.owner))) return false
  return isAlive(record.supervisor)
}

async function allHosts(): Promise<Recorded[]> {
  const names = await readdir(hostsFolder()).catch(() => [])
  const read = names.map(async (name) => {
    const folder = join(hostsFolder(), name)
    const text = await readFile(join(folder, 'host.json'), 'utf8').catch(() => null)
    const parsed = text === null ? null : HostRecord.safeParse(JSON.parse(text))
    return parsed?.success ? [{ folder, record: parsed.data }] : []
  })
  return (await Promise.all(read)).flat()
}

const hierarchies = ['/sys/fs/cgroup', '/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified']

/** The kernel lets go of a cgroup a moment after its last process has ended. */
async function removeCgroups(supervisor: number): Promise<boolean> {
  const groups = hierarchies.map((hierarchy) => join(hierarchy, `drydock-lab-${supervisor}`))
  for (const group of groups) await removeGroup(group)
  return !groups.some((group) => existsSync(group))
}

async function removeGroup(group: string): Promise<void> {
  const below = await readdir(group, { withFileTypes: true }).catch(() => [])
  for (const entry of below) if (entry.isDirectory()) await removeGroup(join(group, entry.name))
  await rmdir(group).catch(() => {}) // busy: asked again by the caller
}
