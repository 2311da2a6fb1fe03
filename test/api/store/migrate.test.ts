import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Settings } from '../../../schema/settings.ts'
import { migrate, openStore } from '../../../store/index.ts'
import { createEmptyDatabase } from '../../support/database.ts'

const settings = Settings.parse({}).database
const shipped = join(import.meta.dirname, '../../../store/migrations')

describe('migrate', () => {
  let database: Awaited<ReturnType<typeof createEmptyDatabase>>
  let directory: string

  beforeEach(async () => {
    database = await createEmptyDatabase()
    directory = await mkdtemp(join(tmpdir(), 'drydock-migrations-'))
    await cp(shipped, directory, { recursive: true })
  })
  afterEach(async () => {
    await database.drop()
    await rm(directory, { recursive: true })
  })

  test('applies every file once, and nothing when it runs again', async () => {
    const first = await migrate(database.url)
    expect(first.applied[0]).toBe('0001_foundation')
    expect(first.mode).toBe('plain')
    expect((await migrate(database.url)).applied).toEqual([])
  })

  test('lets two migrators run at once: each file is applied by exactly one of them', async () => {
    const both = await Promise.all([migrate(database.url), migrate(database.url)])
    const names = both.flatMap((answer) => answer.applied)
    expect(names.length).toBeGreaterThan(0)
    expect(new Set(names).size).toBe(names.length)
    expect(await ledgerSize(database.url)).toBe(names.length)
  })

  test('refuses a file that was edited after it was applied, and names it', async () => {
    await migrate(database.url, undefined, { directory })
    await appendFile(join(directory, '0002_operations.sql'), '-- an afterthought\n')
    await expect(migrate(database.url, undefined, { directory })).rejects.toThrow(/0002_operations\.sql was edited/)
  })

  test('refuses a database that a newer version has migrated', async () => {
    await migrate(database.url, undefined, { directory })
    await rm(join(directory, '0006_ends.sql'))
    await expect(migrate(database.url, undefined, { directory })).rejects.toThrow(/0006_ends, which this version/)
  })

  test('applies only the files that are new', async () => {
    await migrate(database.url, undefined, { upTo: 2 })
    expect((await migrate(database.url)).applied).toContain('0003_runs')
  })
})

describe('openStore', () => {
  test('refuses a database that was not migrated', async () => {
    const { url, drop } = await createEmptyDatabase()
    await expect(openStore({ url, masterKey: randomBytes(32), settings })).rejects.toThrow(/Run its migrations first/)
    await drop()
  })

  test('refuses a master key that is not the one of the database', async () => {
    const { url, drop } = await createEmptyDatabase()
    await migrate(url)
    await (await openStore({ url, masterKey: randomBytes(32), settings })).close()
    await expect(openStore({ url, masterKey: randomBytes(32), settings })).rejects.toThrow(/master key does not belong/)
    await drop()
  })
})

async function ledgerSize(url: string): Promise<number> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query('select count(*)::int as count from drydock.migration_checksums')
  await client.end()
  return rows[0].count
}
