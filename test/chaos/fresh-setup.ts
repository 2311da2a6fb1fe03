import assert from 'node:assert/strict'
import { bootHost, type LabHost } from '../../lab/index.ts'
import { fingerprint } from '../support/apply-plan.ts'
import type { Installation } from '../support/installation.ts'
import { expectSameLines } from './same-lines.ts'
import { endOf, type Server, start, twiceIn, type Work } from './work.ts'
import { callWitness, changesOn, leftOn, newestOn, offered, say, startsOn } from './witness.ts'

/** How a setup goes when nobody disturbs it: what every disturbed one is held against. */
export type Undisturbed = {
  readonly ms: number
  readonly changes: readonly string[]
  readonly starts: readonly string[]
  readonly end: readonly string[]
}

/** A fresh server that keeps a book of its own, registered. */
export async function freshServer(drydock: Installation): Promise<Server> {
  const host = await bootHost({ name: 'chaos' })
  try {
    await callWitness(host)
    return { host, ...(await drydock.register(host)) }
  } catch (error) {
    await host.stop()
    throw error
  }
}

const startSetup = (drydock: Installation, server: Server): Promise<string> =>
  start(drydock, `/v1/servers/${server.name}/setups`, { packages: [...offered] })

/** Sets a server up in peace, and looks that it is one: else nothing could be held against it. */
export async function setUpUndisturbed(drydock: Installation): Promise<Undisturbed> {
  const server = await freshServer(drydock)
  try {
    const begun = Date.now()
    const id = await startSetup(drydock, server)
    const ended = await endOf(drydock, id)
    const ms = Date.now() - begun
    assert.equal(ended.result?.state, 'succeeded', JSON.stringify(ended.result))
    await expectSetUp(server.host)
    const starts = await startsOn(server.host)
    const changes = await changesOn(server.host, id)
    for (const word of ['useradd', 'usermod', 'visudo', 'apt-get', ...offered.map((name) => `configure ${name}`)])
      assert.ok(
        changes.some((line) => line.startsWith(word)),
        `the witness saw no ${word}`,
      )
    return { ms, changes, starts: namesOf(starts, id), end: await endState(server.host) }
  } finally {
    await server.host.stop()
  }
}

/** A setup of a fresh server, to be disturbed. */
export async function beginSetup(drydock: Installation, undisturbed: Undisturbed): Promise<Work> {
  const server = await freshServer(drydock)
  const { host } = server
  try {
    const before = await fingerprint(host)
    const operationId = await startSetup(drydock, server)
    return {
      operationId,
      host,
      usualMs: undisturbed.ms,
      whereabouts: async () => `after "${await newestOn(host)}"`,
      share: async () => (await changesOn(host, operationId)).length / undisturbed.changes.length,
      async expectDoneOnce() {
        const ended = await endOf(drydock, operationId)
        assert.equal(ended.result?.state, 'succeeded', JSON.stringify(ended.result))
        await expectSetUp(host)
        await expectSameAs(undisturbed, host, operationId)
      },
      async expectTrueEnd() {
        const { result } = await endOf(drydock, operationId)
        const state = result?.state ?? ''
        assert.equal(await leftOn(host, operationId), '', 'processes left on the server')
        assert.deepEqual(twiceIn(await startsOn(host)), [], `${state}: started twice on the server`)
        const what = `${state} (${result?.message}): files, owners, modes and packages`
        if (state === 'succeeded') expectSameLines(await endState(host), undisturbed.end, what)
        if (state === 'cancelled' || state === 'rolled_back') expectSameLines(await fingerprint(host), before, what)
        return state
      },
      close: () => host.stop(),
    }
  } catch (error) {
    await host.stop()
    throw error
  }
}

async function expectSameAs(undisturbed: Undisturbed, host: LabHost, operationId: string): Promise<void> {
  expectSameLines(namesOf(await startsOn(host), operationId), undisturbed.starts, 'commands started on the server')
  expectSameLines(await changesOn(host, operationId), undisturbed.changes, 'what the server was changed with')
  expectSameLines(await endState(host), undisturbed.end, 'files, owners, modes and packages')
  assert.equal(await leftOn(host, operationId), '', 'processes left on the server')
}

/** Run directories carry the operation's id and, below it, step and command. */
const namesOf = (starts: readonly string[], operationId: string): string[] =>
  starts.map((path) => path.replaceAll(operationId, 'OPERATION'))

/** The user logs in with the key by the system's own ssh past Drydock, and may use sudo; packages and folder are there. */
async function expectSetUp(host: LabHost): Promise<void> {
  assert.match(await say(host, 'id -Gn app'), /\bsudo\b.*\bsystemd-journal\b|\bsystemd-journal\b.*\bsudo\b/)
  assert.equal(await say(host, 'stat -c "%U %a" /opt/app'), 'app 755\n')
  assert.equal(await say(host, 'grep -c . /home/app/.ssh/authorized_keys'), '1\n')
  // By their own paths, past the witness.
  await say(host, `/usr/sbin/visudo -c && /usr/bin/dpkg --status ${offered.join(' ')}`)
  await say(host, 'runuser -u app -- sudo -n true')
}

/** Files that differ between any two hosts: their names, their keys, the key that lets us in, packages built a second later. */
const ofEachHost = / (etc\/(ssh\/ssh_host_\S+|machine-id|hostname|hosts)|\S+\/authorized_keys|srv\/\S+)$/

async function endState(host: LabHost): Promise<string[]> {
  return (await fingerprint(host)).filter((line) => !(/^[0-9a-f]{64} /.test(line) && ofEachHost.test(line)))
}
