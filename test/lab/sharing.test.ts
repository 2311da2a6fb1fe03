import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LabHost } from '../../lab/index.ts'
import { install, type Installation } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'

const host = useHost({ name: 'sharing' })
let drydock: Installation
let server: { id: string; name: string }
let path: string
beforeAll(async () => {
  drydock = await install()
  await drydock.startWorker()
  server = await drydock.register(host())
  path = `/v1/servers/${server.name}/commands`
})
afterAll(() => drydock.close())

/** Runs a command through the API, which waits for its end: the end, or the state in which it was after a minute. */
async function run(command: string): Promise<string> {
  const { status, body } = await drydock.ask('POST', path, { command }, 'operator', { prefer: 'wait=60' })
  return `${status} ${JSON.stringify(body.operation)}`.match(/^200 .*"state":"(\w+)"/)?.[1] ?? JSON.stringify(body)
}

/** Ends of so many commands, never more than `atOnce` under way. */
async function runMany(commands: readonly string[], atOnce: number): Promise<Set<string>> {
  const ends = new Set<string>()
  const left = commands.values()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const command of left) ends.add(await run(command))
    }),
  )
  return ends
}

/** The most connections to sshd at any moment, as the host counts them. */
function watchConnections(on: LabHost): { most(): Promise<number> } {
  const watch = new AbortController()
  const looking = (async () => {
    let most = 0
    while (!watch.signal.aborted) {
      const { stdout } = await on.sh(`ss -Htn state established '( sport = :22 )'`)
      most = Math.max(most, stdout.split('\n').filter((line) => line !== '').length)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return most
  })()
  return {
    most: () => {
      watch.abort()
      return looking
    },
  }
}

describe('one server', () => {
  test('takes 100 commands at once over no more connections than its cap, and what changes it goes one by one', async () => {
    const change =
      'mkdir /run/alone || echo together >> /root/together; echo turn >> /root/turns; sleep 0.05; rmdir /run/alone'
    const connections = watchConnections(host())
    const commands = Array.from({ length: 100 }, (_, at) => (at % 10 === 0 ? change : `echo ${at}`))
    expect(await runMany(commands, 100)).toEqual(new Set(['succeeded']))
    const most = await connections.most()
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThanOrEqual(drydock.settings.ssh.connectionsPerHost)
    expect((await host().sh('grep -c turn /root/turns; ls /root/together')).stdout).toBe('10\n')
  })

  test('has seen two log-ins at most after 500 commands', async () => {
    const commands = Array.from({ length: 400 }, (_, at) => `echo ${at}`)
    expect(await runMany(commands, 25)).toEqual(new Set(['succeeded']))
    const { stdout } = await host().sh(`journalctl --unit ssh --no-pager | grep -c 'Accepted publickey for root'`)
    expect(Number(stdout)).toBeGreaterThan(0)
    expect(Number(stdout)).toBeLessThanOrEqual(2)
    const all = await drydock.store.operations.list({ server: server.id, limit: 1_000 })
    expect(all.filter(({ result }) => result?.state === 'succeeded')).toHaveLength(500)
  })
})
