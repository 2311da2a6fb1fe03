import { spawn } from 'node:child_process'
import { open, readFile, readlink, writeFile } from 'node:fs/promises'
import { connect as connectTcp } from 'node:net'
import { join } from 'node:path'
import type { Say } from '../schema/progress.ts'
import { type HostKey, ServerName } from '../schema/server.ts'
import { writeIdentity } from './identity.ts'
import { type Image, ensureImage } from './image.ts'
import { type Cable, connect, cut, restore } from './network.ts'
import { isAlive, leaderOf, nspawnOf, refer, signal, until } from './processes.ts'
import { type HostRecord, keyPathIn, makeFolder, sweep, takeAway, writeRecord } from './records.ts'
import { type Ended, must, run, toolPath } from './run.ts'
import { ensureTools } from './tools.ts'

export type BootOptions = {
  /** Also its hostname; several hosts of other processes may share it. */
  name: string
  image?: Image
  /** A folder made by `copyFiles` of another host of this image: what that one had become, keys and names aside. */
  layer?: string
  /** Lines of authorized_keys for root, beside the host's own throwaway key. */
  publicKeys?: readonly string[]
  /** `owner`: it ends with this process, however that ends. `nobody`: it lives until it is taken down by name. */
  endsWith?: 'owner' | 'nobody'
  say?: Say
}

/** A booted throwaway host: a real systemd and a real sshd at an address of their own. */
export type LabHost = {
  readonly name: string
  readonly image: Image
  readonly address: string
  readonly port: 22
  readonly user: 'root'
  readonly keyPath: string
  readonly hostKeys: readonly HostKey[]
  /** Number 1 of the host, as this machine counts; another one after each boot. */
  pid(): Promise<number>
  /** A look from inside that goes past SSH: runs shell text as root in the host. */
  sh(script: string): Promise<Ended>
  /** Copies what makes its files differ from its image's, so that any number of hosts can start from there. */
  copyFiles(into: string): Promise<void>
  cutNetwork(): Promise<void>
  restoreNetwork(): Promise<void>
  /** `clean` lets systemd stop everything; `power_cut` does not. Files stay, addresses and firewall rules do not. */
  reboot(how?: 'clean' | 'power_cut'): Promise<void>
  stop(): Promise<void>
}

/** Boots a fresh host and waits until its sshd answers: under a second once its image is made. */
export async function bootHost(o: BootOptions): Promise<LabHost> {
  const name = ServerName.parse(o.name)
  const image = o.image ?? 'bookworm'
  const say = o.say ?? (() => {})
  await ensureTools(say)
  const made = await ensureImage(image, say)
  const root = o.layer === undefined ? made : `${o.layer}:${made}`
  await sweep()
  const me = await refer(process.pid)
  const owner = o.endsWith === 'nobody' ? null : me
  const blank = { name, image, owner, starter: me, supervisor: null, cable: null, address: '', hostKeys: [] }
  const folder = await makeFolder({ name, record: blank })
  let record: HostRecord = blank
  try {
    record = { ...record, hostKeys: await writeIdentity({ folder, name, publicKeys: o.publicKeys ?? [] }) }
    const supervisor = await startSupervisor({ folder, root, record })
    record = { ...record, supervisor: await refer(supervisor.pid) }
    await writeRecord(folder, record)
    const cable = await connect(supervisor.pid)
    record = { ...record, cable: { slot: cable.slot, index: cable.index }, address: cable.address }
    await writeRecord(folder, record)
    supervisor.boot(cable)
    const host = hostOf({ folder, record, cable })
    await waitForSsh(folder, record)
    return host
  } catch (error) {
    await takeAway({ folder, record })
    throw error
  }
}

type Supervisor = { pid: number; boot(cable: Cable): void }

/** It waits in namespaces of its own until it is told its addresses. */
async function startSupervisor(o: { folder: string; root: string; record: HostRecord }): Promise<Supervisor> {
  const console = await open(join(o.folder, 'console.log'), 'a')
  const script = join(import.meta.dirname, 'host.sh')
  const isolated = ['unshare', '--mount', '--net', 'sh', script, o.folder, o.root, o.record.name]
  // The kernel sends the signal when the owner ends, kill -9 included; nspawn then powers the host off.
  const argv = o.record.owner === null ? isolated : ['setpriv', '--pdeathsig', 'TERM', ...isolated]
  const child = spawn(argv[0] ?? '', argv.slice(1), {
    detached: true, // Ctrl-C is for the owner, who then stops the host or dies
    env: { PATH: toolPath },
    stdio: ['pipe', console.fd, console.fd],
  })
  child.unref()
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  await console.close()
  const { pid, stdin } = child
  if (pid === undefined || stdin === null) throw new Error('The lab host has no process')
  stdin.on('error', () => {}) // it has ended; waiting for it to answer says so with its console
  const ours = await readlink('/proc/self/ns/net')
  const isApart = () =>
    readlink(`/proc/${pid}/ns/net`).then(
      (its) => its !== ours,
      () => false,
    )
  if (!(await until({ timeoutMs: 10_000, everyMs: 5 }, isApart))) throw new Error(await consoleEnd(o.folder))
  return { pid, boot: (c) => void stdin.end(`${c.address} ${c.gateway} ${c.mtu}\n`) }
}

function hostOf(o: { folder: string; record: HostRecord; cable: Cable }): LabHost {
  const { folder, record, cable } = o
  const { name, image, hostKeys } = record
  const supervisor = record.supervisor?.pid ?? 0
  const pid = async () => {
    const nspawn = await nspawnOf(supervisor)
    const leader = nspawn === null ? null : await leaderOf(nspawn)
    if (leader === null) throw new Error(`The lab host ${name} is not running`)
    return leader
  }
  return {
    name,
    image,
    hostKeys,
    address: cable.address,
    port: 22,
    user: 'root',
    keyPath: keyPathIn(folder),
    pid,
    sh: async (script) => lookInside(await pid(), script),
    // With attributes: overlayfs keeps in them, and in device files, what is gone of the image.
    copyFiles: async (into) => void (await must('cp', ['-a', '--', join(folder, 'upper'), into])),
    cutNetwork: () => cut(cable.slot),
    restoreNetwork: () => restore(cable.slot),
    reboot: async (how = 'clean') => {
      const before = await pid()
      const old = await refer(before)
      if (how === 'power_cut') await writeFile(join(folder, 'boot-again'), '')
      if (how === 'power_cut') signal(before, 'SIGKILL')
      else await must('kill', ['-s', 'RTMIN+5', String(before)]) // systemd(1): reboot, stopping units first
      if (!(await until({ timeoutMs: 120_000 }, async () => !(await isAlive(old)))))
        throw new Error(`${name} does not go down`)
      await waitForSsh(folder, record)
    },
    stop: () => takeAway({ folder, record }),
  }
}

function lookInside(leader: number, script: string): Promise<Ended> {
  const clean = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'LANG=C.UTF-8']
  const enter = ['--target', String(leader), '--all', '--root']
  return run('nsenter', [...enter, 'env', '-i', '--chdir=/root', ...clean, 'sh', '-c', script])
}

async function waitForSsh(folder: string, record: HostRecord): Promise<void> {
  const { supervisor, name, address } = record
  const isUp = await until({ timeoutMs: 60_000 }, async () => {
    if (supervisor !== null && !(await isAlive(supervisor))) throw new Error(await consoleEnd(folder))
    return answersSsh(address)
  })
  if (!isUp) throw new Error(`The lab host ${name} does not answer SSH at ${address}. ${await consoleEnd(folder)}`)
}

/** Whether an sshd greets there. */
export function answersSsh(address: string, port = 22): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp({ host: address, port })
    const answer = (value: boolean) => {
      socket.destroy()
      resolve(value)
    }
    socket.setTimeout(1_000, () => answer(false))
    socket.once('data', (bytes: Buffer) => answer(bytes.toString().startsWith('SSH-2.0-')))
    socket.once('error', () => answer(false)).once('end', () => answer(false))
  })
}

async function consoleEnd(folder: string): Promise<string> {
  const said = await readFile(join(folder, 'console.log'), 'utf8').catch(() => '')
  return `Its console ends: ${said.slice(-1500).trim() || '(empty)'}`
}
