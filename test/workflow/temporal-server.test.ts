import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startTemporal } from '../../workers/temporal.ts'
import { knock } from '../support/expect.ts'

const root = join(import.meta.dirname, '../..')

async function withClient<T>(address: string, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address })
  try {
    return await work(new Client({ connection }))
  } finally {
    await connection.close()
  }
}

function at(address: string): { address: string; port: number } {
  const [host = '', port] = address.split(':')
  return { address: host, port: Number(port) }
}

describe('the local Temporal server', { timeout: 60_000 }, () => {
  it('remembers workflows and their search attributes from one start to the next', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'drydock-temporal-test-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const options = { dbFile: join(folder, 'temporal.db'), searchAttributes: { TestColour: 'Keyword' as const } }
    const first = await startTemporal(options)
    const started = { taskQueue: 'none', workflowId: 'kept', searchAttributes: { TestColour: ['red'] } }
    await withClient(first.address, (client) => client.workflow.start('nobody-works-on-it', started))
    await first.stop()
    expect(await knock(at(first.address))).toBe('refused')

    const second = await startTemporal(options)
    onTestFinished(() => second.stop())
    const described = await withClient(second.address, (client) => client.workflow.getHandle('kept').describe())
    expect(described.status.name).toBe('RUNNING')
    expect(described.raw.workflowExecutionInfo?.searchAttributes?.indexedFields).toHaveProperty('TestColour')
  })

  it('serves its Web UI', async () => {
    const temporal = await startTemporal()
    onTestFinished(() => temporal.stop())
    expect(await (await fetch(temporal.uiUrl)).text()).toContain('<html')
  })

  it('says what the server said when it does not start', async () => {
    await expect(startTemporal({ dbFile: '/proc/no-such-folder/temporal.db' })).rejects.toThrow(/proc\/no-such-folder/)
  })

  it.runIf(process.platform === 'linux')('ends with its owner, even when that is killed', async () => {
    const script = `import { startTemporal } from ${JSON.stringify(join(root, 'workers/temporal.ts'))}
      console.log(JSON.stringify(await startTemporal()))
      setInterval(() => {}, 1000)`
    const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { cwd: root })
    const said = await new Promise<string>((resolve, reject) => {
      owner.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString()))
      owner.once('close', () => reject(new Error('the owner ended before its server was up')))
    })
    const { address }: { address: string } = JSON.parse(said)
    expect(await knock(at(address))).toBe('open')
    owner.kill('SIGKILL')
    await vi.waitFor(async () => expect(await knock(at(address))).toBe('refused'), 20_000)
  })
})
