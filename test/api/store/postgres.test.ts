import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Postgres, startPostgres } from '../../../workers/postgres.ts'
import { testParameters as parameters } from '../../support/database.ts'

let dataDir: string
let started: Postgres[] = []

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'drydock-launch-'))
})
afterEach(async () => {
  for (const postgres of started) await postgres.stop()
  started = []
  await rm(dataDir, { recursive: true })
})

async function start(): Promise<Postgres> {
  const postgres = await startPostgres({ dataDir, parameters })
  started.push(postgres)
  return postgres
}

async function ask(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  const { rows } = await client.query(text)
  await client.end()
  return rows
}

test('what was stored is there after a stop and a start', async () => {
  const first = await start()
  await ask(first.url, 'create table kept (n int); insert into kept values (7)')
  await first.stop()
  await expect(ask(first.url, 'select 1')).rejects.toThrow()
  const second = await start()
  expect(second.adopted).toBe(false)
  expect(await ask(second.url, 'select n from kept')).toEqual([{ n: 7 }])
}, 60_000)

test('a server left running by a process that died is used on, not started twice', async () => {
  const first = await start()
  const second = await start()
  expect(second).toMatchObject({ adopted: true, pid: first.pid, url: first.url })
}, 60_000)

test('a pid file that another process has inherited does not stand in the way', async () => {
  const first = await start()
  const pidFile = join(dataDir, 'data', 'postmaster.pid')
  const lines = (await readFile(pidFile, 'utf8')).split('\n')
  await first.stop()
  await writeFile(pidFile, [String(process.pid), ...lines.slice(1)].join('\n'))
  const second = await start()
  expect(second.adopted).toBe(false)
  expect(await ask(second.url, 'select 1 as one')).toEqual([{ one: 1 }])
}, 60_000)

test('it listens on the loopback only, wants the password, and keeps that for its owner', async () => {
  const { url } = await start()
  const wrong = new URL(url)
  wrong.password = 'guess'
  await expect(ask(wrong.href, 'select 1')).rejects.toThrow(/password authentication failed/)
  expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600)
  expect(await ask(url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }])
  expect(await ask(url, 'show unix_socket_directories')).toEqual([{ unix_socket_directories: '' }])
}, 60_000)
