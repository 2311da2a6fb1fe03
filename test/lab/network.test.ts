import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isLabPossible } from '../../lab/index.ts'
import { freshServer } from '../chaos/fresh-setup.ts'
import { startNumberedCommand } from '../chaos/numbered-command.ts'
import { leftOn, startsOn } from '../chaos/witness.ts'
import { endOf, type Server } from '../chaos/work.ts'
import { install, type Installation, until } from '../support/installation.ts'

const lab = await isLabPossible()

/** Until the command has written so many lines on the server itself. */
const wrote = (command: { book(): Promise<string[]> }, lines: number) =>
  until(async () => ((await command.book()).length >= lines ? true : null))

describe.skipIf(!lab.possible)('a server whose network fails', () => {
  let drydock: Installation
  let server: Server
  beforeAll(async () => {
    drydock = await install({ ssh: { connectTimeoutMs: 2_000 } })
    await drydock.startWorker()
    server = await freshServer(drydock)
  })
  afterAll(async () => {
    await server?.host.stop()
    await drydock?.close()
  })

  const start = (lines: number) => startNumberedCommand(drydock, server, { lines })

  test('an sshd that drops every session and comes back leaves no gap in the output', async () => {
    const command = await start(40)
    await wrote(command, 10)
    await server.host.sh('systemctl stop ssh; pkill -KILL -x sshd; sleep 1; systemctl start ssh')
    await command.expectDoneOnce()
  })

  test('two cuts in one command leave no gap in the output', async () => {
    const command = await start(60)
    for (const lines of [5, 20]) {
      await wrote(command, lines)
      await server.host.cutNetwork()
      await wrote(command, lines + 10)
      await server.host.restoreNetwork()
    }
    await command.expectDoneOnce()
  })

  test('a command that ends while its server is out of reach is told with all it wrote', async () => {
    const command = await start(20)
    await wrote(command, 5)
    await server.host.cutNetwork()
    await until(async () => ((await command.book()).includes('ended') ? true : null))
    expect((await drydock.operation(command.operationId)).result).toBeNull()
    await server.host.restoreNetwork()
    await command.expectDoneOnce()
  })

  test('a command for a server out of reach is tried again, and runs once when it is back', async () => {
    await server.host.cutNetwork()
    const command = await start(5)
    const failed = (line: string) => line.includes(command.operationId) && line.includes('could not be run')
    await until(() => Promise.resolve(drydock.workerLog().split('\n').some(failed) ? true : null), 60_000)
    expect(await command.book()).toEqual([])
    await server.host.restoreNetwork()
    await command.expectDoneOnce()
  })

  test('a cancel while the server is out of reach ends when it is back, and nothing of the command is left', async () => {
    const command = await start(600)
    await wrote(command, 5)
    await server.host.cutNetwork()
    await drydock.ask('POST', `/v1/operations/${command.operationId}/cancellation`, {}, 'operator')
    await wrote(command, 40)
    expect((await drydock.operation(command.operationId)).result).toBeNull()
    expect(await leftOn(server.host, command.operationId)).not.toBe('')
    await server.host.restoreNetwork()
    const ended = await endOf(drydock, command.operationId)
    expect(ended.result?.state).toBe('cancelled')
    expect(await leftOn(server.host, command.operationId)).toBe('')
    expect(await command.book()).not.toContain('ended')
    expect((await startsOn(server.host)).filter((path) => path.includes(command.operationId))).toHaveLength(1)
  })
})
