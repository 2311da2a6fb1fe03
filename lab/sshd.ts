import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Say } from '../schema/progress.ts'
import type { HostKey } from '../schema/server.ts'
import { makeKey, readHostKeys } from './identity.ts'
import { ensureImage } from './image.ts'
import { answersSsh } from './host.ts'
import { isAlive, refer, signal, until } from './processes.ts'
import { toolPath } from './run.ts'
import { ensureTools } from './tools.ts'

/** Cheap hosts: one real sshd at many loopback addresses, all with the same files, keys and processes. */
export type LoopbackSshd = {
  readonly addresses: readonly string[]
  readonly port: number
  readonly user: 'root'
  readonly keyPath: string
  readonly hostKeys: readonly HostKey[]
  log(): Promise<string>
  /** How often somebody has logged in so far. */
  logins(): Promise<number>
  stop(): Promise<void>
}

type Options = {
  /** How many, from 127.0.77.1 on; one by default. */
  addresses?: number
  port?: number
  /** Lines of sshd_config that go before ours, such as { MaxSessions: '3' }. */
  config?: Readonly<Record<string, string>>
  say?: Say
}

/** sshd has room for 16 listening sockets (MAX_LISTEN_SOCKS in its source). */
const addressesEach = 16

/** Starts sshd from the lab's image on loopback; it ends with this process, however that ends. */
export async function startLoopbackSshd(o: Options = {}): Promise<LoopbackSshd> {
  const say = o.say ?? (() => {})
  await ensureTools(say)
  const image = await ensureImage('bookworm', say)
  const folder = await mkdtemp(join(tmpdir(), 'drydock-sshd-'))
  const addresses = Array.from(
    { length: o.addresses ?? 1 },
    (_, i) => `127.0.${77 + Math.floor(i / 250)}.${(i % 250) + 1}`,
  )
  const port = o.port ?? (await freePort(addresses[0] ?? ''))
  const { keyPath, hostKeys } = await writeKeys(folder)
  const configs = await writeConfigs({ folder, addresses, port, extra: o.config ?? {} })
  const child = spawn('setpriv', command(folder, image, configs), {
    detached: true,
    env: { PATH: toolPath },
    stdio: 'ignore',
  })
  child.unref()
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  const outer = await refer(child.pid ?? 0)
  const log = () => readFile(join(folder, 'sshd.log'), 'utf8').catch(() => '')
  const stop = async () => {
    signal(outer.pid, 'SIGKILL') // unshare(1) ignores SIGTERM
    if (!(await until({ timeoutMs: 10_000 }, async () => !(await isAlive(outer))))) throw new Error('sshd does not end')
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
  const last = addresses.at(-1) ?? ''
  if (!(await until({ timeoutMs: 20_000 }, () => answersSsh(last, port)))) {
    const said = await log()
    await stop()
    throw new Error(`sshd does not answer at ${last} port ${port}. Its log ends: ${said.slice(-1000)}`)
  }
  const logins = async () => ((await log()).match(/^Accepted publickey for /gm) ?? []).length
  return { addresses, port, user: 'root', keyPath, hostKeys, log, logins, stop }
}

/** `--kill-child` ends everything inside when unshare ends, and the kernel ends unshare when we end. */
function command(folder: string, image: string, configs: readonly string[]): string[] {
  const isolated = ['unshare', '--mount', '--pid', '--fork', '--kill-child', 'sh']
  return ['--pdeathsig', 'KILL', ...isolated, join(import.meta.dirname, 'sshd.sh'), folder, image, ...configs]
}

async function writeKeys(folder: string): Promise<{ keyPath: string; hostKeys: HostKey[] }> {
  const upper = join(folder, 'upper')
  await mkdir(join(upper, 'etc/ssh'), { recursive: true })
  await mkdir(join(upper, 'root/.ssh'), { recursive: true })
  const keyPath = join(folder, 'id_ed25519')
  await makeKey(keyPath, 'ed25519', 'lab')
  await makeKey(join(upper, 'etc/ssh/ssh_host_ed25519_key'), 'ed25519', 'lab')
  await cp(`${keyPath}.pub`, join(upper, 'root/.ssh/authorized_keys'))
  return { keyPath, hostKeys: await readHostKeys(join(upper, 'etc/ssh')) }
}

async function writeConfigs(o: {
  folder: string
  addresses: readonly string[]
  port: number
  extra: Readonly<Record<string, string>>
}): Promise<string[]> {
  const configs: string[] = []
  for (let first = 0; first < o.addresses.length; first += addressesEach) {
    const name = `loopback-${configs.length}`
    const listens = o.addresses
      .slice(first, first + addressesEach)
      .map((address) => `ListenAddress ${address}:${o.port}`)
    const extra = Object.entries(o.extra).map(([key, value]) => `${key} ${value}`)
    // A subsystem may be named only once.
    const usual = common.filter((line) => !('Subsystem' in o.extra && line.startsWith('Subsystem ')))
    const lines = [...extra, ...usual, ...listens]
    await writeFile(join(o.folder, 'upper/etc/ssh', name), `${lines.join('\n')}\n`)
    configs.push(name)
  }
  return configs
}

/** The first line of a keyword counts in sshd_config. MaxStartups: many clients may knock at once. */
const common = [
  'HostKey /etc/ssh/ssh_host_ed25519_key',
  'PermitRootLogin prohibit-password',
  'PasswordAuthentication no',
  'UsePAM no',
  'StrictModes no',
  'MaxStartups 1000',
  'LogLevel VERBOSE',
  'PidFile none',
  'Subsystem sftp internal-sftp',
]

async function freePort(address: string): Promise<number> {
  const probe = createServer().listen(0, address)
  await new Promise((resolve, reject) => probe.once('listening', resolve).once('error', reject))
  const bound = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (bound === null || typeof bound === 'string') throw new Error(`no free port at ${address}`)
  return bound.port
}
