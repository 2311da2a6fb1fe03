import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import type { Logger } from 'pino'
import type { Say } from '../schema/progress.ts'
import { freePort } from './free-port.ts'
import { findTemporal } from './temporal-binary.ts'

export type LocalTemporal = { address: string; uiUrl: string; pid: number; stop(): Promise<void> }

type Options = {
  /** Kept between starts; in memory without it. One server at a time may use it. */
  dbFile?: string
  port?: number
  uiPort?: number
  log?: Logger
  /** Where progress goes that a person waits for; the log without it. */
  say?: Say
  searchAttributes?: Readonly<Record<string, 'Keyword' | 'Text' | 'Datetime' | 'Int'>>
}

/**
 * The dev server has one history shard whose queues are polled 20 times a second: every hop waits up to 50 ms. With
 * these values a workflow of one activity takes 34 ms instead of 150.
 */
const fast = {
  'history.transferProcessorMaxPollRPS': 2000,
  'history.timerProcessorMaxPollRPS': 2000,
  'history.visibilityProcessorMaxPollRPS': 500,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
}

const giveUpAfterMs = 60_000
const stopLimitMs = 10_000

/** Starts a Temporal dev server with its Web UI, on loopback only, and waits until it serves. */
export async function startTemporal(o: Options = {}): Promise<LocalTemporal> {
  const say = o.say ?? ((line: string) => o.log?.info(line))
  const binary = await findTemporal({ say })
  const port = o.port ?? (await freePort())
  const uiPort = o.uiPort ?? (await freePort())
  const log = await namelessFile()
  const child = await launch({ binary, args: flags({ ...o, port, uiPort }), log })
  const address = `127.0.0.1:${port}`
  const started = Date.now()
  while (!(await serves(address, Object.keys(o.searchAttributes ?? {})))) {
    if (child.exitCode === null && child.signalCode === null && Date.now() < started + giveUpAfterMs) {
      await pause(50)
      continue
    }
    await end(child)
    const said = await readAll(log)
    throw new Error(`The Temporal dev server does not serve at ${address}. It said:\n${said.slice(-2000)}`)
  }
  await log.close()
  o.log?.debug({ pid: child.pid, address }, 'Temporal is up')
  return { address, uiUrl: `http://127.0.0.1:${uiPort}`, pid: child.pid ?? 0, stop: () => end(child) }
}

function flags(o: Options & { port: number; uiPort: number }): string[] {
  const file = [
    '--db-filename',
    o.dbFile ?? '',
    ...each('--sqlite-pragma', { journal_mode: 'wal', synchronous: 'normal' }),
  ]
  const at = ['--ip', '127.0.0.1', '--port', String(o.port), '--ui-port', String(o.uiPort)]
  const log = ['--log-level', 'error', '--log-format', 'json']
  const more = [...each('--dynamic-config-value', fast), ...each('--search-attribute', o.searchAttributes ?? {})]
  return ['server', 'start-dev', ...at, ...log, ...more, ...(o.dbFile === undefined ? [] : file)]
}

function each(flag: string, pairs: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(pairs).flatMap(([key, value]) => [flag, `${key}=${value}`])
}

/** What the server says is only of interest until it serves; a file without a name is gone with those who hold it open. */
async function namelessFile(): Promise<FileHandle> {
  const path = join(tmpdir(), `drydock-temporal-${randomUUID()}.log`)
  const file = await open(path, 'wx+', 0o600)
  await rm(path)
  return file
}

async function readAll(file: FileHandle): Promise<string> {
  const { size } = await file.stat()
  const { buffer } = await file.read({ buffer: Buffer.alloc(size), position: 0 })
  await file.close()
  return buffer.toString()
}

async function launch(o: { binary: string; args: string[]; log: FileHandle }): Promise<ChildProcess> {
  // On Linux the kernel ends the server with us, kill -9 included.
  const tie = ['/usr/bin/setpriv', '--pdeathsig', 'TERM']
  const argv = existsSync(tie[0] ?? '') ? [...tie, o.binary, ...o.args] : [o.binary, ...o.args]
  const child = spawn(argv[0] ?? '', argv.slice(1), {
    // Ctrl-C reaches the whole foreground group; the server has to outlive the workers that say good-bye to it.
    detached: true,
    stdio: ['ignore', o.log.fd, o.log.fd],
  })
  child.unref()
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  return child
}

/** Search attributes are the last thing that the dev server sets up. */
async function serves(address: string, searchAttributes: readonly string[]): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 1_000 })
    try {
      await connection.workflowService.describeNamespace({ namespace: 'default' })
      const known = await connection.operatorService.listSearchAttributes({ namespace: 'default' })
      return searchAttributes.every((name) => name in known.customAttributes)
    } finally {
      await connection.close()
    }
  } catch {
    return false
  }
}

async function end(child: ChildProcess): Promise<void> {
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  const killAt = Date.now() + stopLimitMs
  child.kill('SIGTERM')
  while (!hasEnded()) {
    if (Date.now() > killAt) child.kill('SIGKILL')
    await pause(20)
  }
}
