import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  open,
  readFile,
  readlink,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import type { Logger } from 'pino'
import { freePort } from './free-port.ts'
import { isReachableByOthers, postgresBinaries } from './postgres-binaries.ts'

/** A running PostgreSQL of our own. `adopted`: it was left running by a process that died, and is used on. */
export type Postgres = { url: string; pid: number; port: number; adopted: boolean; stop(): Promise<void> }

type Options = {
  /** Kept between starts; made when absent. */
  dataDir: string
  port?: number
  log?: Logger
  /** Server parameters over the defaults, such as `fsync: 'off'` for tests. */
  parameters?: Readonly<Record<string, string>>
}

// PostgreSQL refuses to run as root; 65534 is `nobody` on Linux.
const nobody = { uid: 65_534, gid: 65_534 }
const isRoot = process.getuid?.() === 0
const user = isRoot ? nobody : {}

const defaults = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  timezone: 'UTC',
  jit: 'off',
}

/** Starts the embedded PostgreSQL on a data directory, or adopts the one still running there, and makes the database `drydock`. */
export async function startPostgres(o: Options): Promise<Postgres> {
  const home = await prepareHome(o.dataDir)
  const bin = await postgresBinaries({ copyTo: join(home, 'native'), forNobody: isRoot })
  const password = await ensureCluster(home, bin)
  const left = await runningIn(home)
  const server = left ?? (await launch({ ...o, home, bin }))
  const urlOf = (database: string) => `postgres://postgres:${password}@127.0.0.1:${server.port}/${database}`
  await waitUntilReady(urlOf('postgres'), server, home)
  await ensureDatabase(urlOf('postgres'))
  o.log?.debug({ pid: server.pid, port: server.port, adopted: left !== null }, 'PostgreSQL is up')
  const { pid, port } = server
  return { url: urlOf('drydock'), pid, port, adopted: left !== null, stop: () => stop(server) }
}

/**
 * As root, the data must lie where `nobody` can walk to; /root is closed to it. Then the directory asked for becomes a
 * link to one under /var/lib/drydock.
 */
async function prepareHome(dataDir: string): Promise<string> {
  await mkdir(dirname(dataDir), { recursive: true, mode: isRoot ? 0o711 : 0o700 })
  if (isRoot && !(await readlink(dataDir).catch(() => null)) && !(await isReachableByOthers(dirname(dataDir)))) {
    await mkdir('/var/lib/drydock', { recursive: true, mode: 0o711 })
    const elsewhere = await mkdtemp('/var/lib/drydock/postgres-')
    await symlink(elsewhere, dataDir).catch(async (error) => {
      await rm(elsewhere, { recursive: true })
      if (error.code !== 'EEXIST') throw error
    })
  }
  await mkdir(dataDir, { recursive: true })
  const home = await realpath(dataDir)
  await chmod(home, isRoot ? 0o711 : 0o700)
  return home
}

async function ensureCluster(home: string, bin: string): Promise<string> {
  const kept = join(home, 'password')
  const known = await readFile(kept, 'utf8').catch(() => null)
  if (known) return known
  const data = join(home, 'data')
  await rm(data, { recursive: true, force: true }) // without its password, what is there was never finished
  await mkdir(data, { mode: 0o700 })
  const password = randomBytes(24).toString('base64url')
  const forInitdb = join(home, 'password.initdb')
  await writeFile(forInitdb, password, { mode: 0o600 })
  if (isRoot) for (const path of [data, forInitdb]) await chown(path, nobody.uid, nobody.gid)
  const access = ['-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${forInitdb}`]
  const text = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
  await run(join(bin, 'initdb'), ['-D', data, ...access, ...text])
  await rm(forInitdb)
  await writeFile(kept, password, { mode: 0o600 })
  return password
}

async function run(program: string, args: string[]): Promise<void> {
  const child = spawn(program, args, {
    ...user,
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}: ${said.trim()}`)
}

type Running = { pid: number; port: number; child?: ChildProcess }

/** The server that a process which died left behind, if its pid is still that of a PostgreSQL in this very directory. */
async function runningIn(home: string): Promise<Running | null> {
  const data = join(home, 'data')
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const [pid, port] = [Number(lines[0]), Number(lines[3])]
  if (!pid || !isAlive(pid)) return null
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => null)
  // A pid is reused after a reboot; PostgreSQL then overwrites the stale file by itself, as long as we start it.
  if (process.platform === 'linux' && cwd !== data) {
    await rm(join(data, 'postmaster.pid'))
    return null
  }
  return port ? { pid, port } : null
}

async function launch(o: Options & { home: string; bin: string }): Promise<Running> {
  const port = o.port ?? (await freePort())
  const log = await open(join(o.home, 'postgres.log'), 'a', 0o600)
  const parameters = Object.entries({ ...defaults, ...o.parameters }).flatMap(([k, v]) => ['-c', `${k}=${v}`])
  const child = spawn(join(o.bin, 'postgres'), ['-D', join(o.home, 'data'), '-p', String(port), ...parameters], {
    ...user,
    // A session of its own: Ctrl-C reaches the whole foreground group, and the database must outlive those who use it.
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', TZ: 'UTC' },
    stdio: ['ignore', log.fd, log.fd],
  })
  child.unref()
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  await log.close()
  if (child.pid === undefined) throw new Error('PostgreSQL did not start')
  return { pid: child.pid, port, child }
}

async function waitUntilReady(url: string, server: Running, home: string): Promise<void> {
  const giveUpAt = Date.now() + 60_000
  for (;;) {
    const failure = await connect(url)
    if (failure === null) return
    const ended = server.child ? server.child.exitCode !== null : !isAlive(server.pid)
    if (ended || Date.now() > giveUpAt) {
      const log = await readFile(join(home, 'postgres.log'), 'utf8').catch(() => '')
      throw new Error(`PostgreSQL did not start in ${home}. Its log ends:\n${log.slice(-2000)}`, { cause: failure })
    }
    await pause(25)
  }
}

async function connect(url: string): Promise<unknown> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  client.on('error', () => {}) // a server that is still starting cuts connections; the answer below says so
  try {
    await client.connect()
    return null
  } catch (error) {
    return error
  } finally {
    await client.end().catch(() => {})
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = 'drydock'")
    if (!rowCount) await client.query('create database drydock')
  } finally {
    await client.end()
  }
}

/** SIGINT cuts open connections and ends cleanly; SIGQUIT is for a server that does not heed it. */
async function stop(server: Running): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 10_000],
  ] as const) {
    if (!isAlive(server.pid)) return
    process.kill(server.pid, signal)
    const until = Date.now() + waitMs
    while (isAlive(server.pid) && Date.now() < until) await pause(20)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
