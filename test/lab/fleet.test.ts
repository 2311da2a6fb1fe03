import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LabHost } from '../../lab/index.ts'
import { SetupSettings } from '../../schema/setup.ts'
import { approvalsOn } from '../support/approvals.ts'
import { install, type Installation, until } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'

const booted = ['fleet-a', 'fleet-b', 'fleet-c'].map((name) => useHost({ name }))
type Member = { host: LabHost; id: string; name: string }
let drydock: Installation
let a: Member
let b: Member
let c: Member
const all = () => [a, b, c]
beforeAll(async () => {
  drydock = await install()
  await drydock.startWorker()
  const members: Member[] = []
  for (const host of booted) members.push({ host: host(), ...(await drydock.register(host())) })
  const [first, second, third] = members
  if (first === undefined || second === undefined || third === undefined) throw new Error('three hosts are needed')
  a = first
  b = second
  c = third
})
afterAll(() => drydock.close())

const request = (command: string, more: Record<string, unknown> = {}) => ({
  kind: 'command',
  selector: { servers: all().map(({ name }) => name) },
  input: { command },
  ...more,
})
const finish = (body: Record<string, unknown>) => drydock.finish('POST', '/v1/fleet-operations', body)
const begin = (body: Record<string, unknown>) => drydock.start('POST', '/v1/fleet-operations', body)
const ended = (id: string) => drydock.ended(id)
/** The operations of a fleet, as anybody who lists them sees them: oldest first. */
const childrenOf = async (parent: string) =>
  (await drydock.store.operations.list({ parent, limit: 100 })).toReversed().map((child) => ({
    ...child,
    where: child.server?.name,
    ended: child.result?.state,
  }))
const linesOn = async ({ host }: Member, file: string) => (await host.sh(`cat ${file}`)).stdout.split('\n').length - 1

const byHand = (type: string, input: Record<string, unknown>) =>
  drydock.temporal.workflow
    .start(type, {
      taskQueue: drydock.settings.temporal.taskQueue,
      workflowId: `by-hand/${crypto.randomUUID()}`,
      args: [{ requester: { name: 'ada', kind: 'person', role: 'admin', interface: 'api' }, ...input }],
    })
    .then((handle) => handle.result())

describe('a workflow that somebody starts past the API', () => {
  const settings = { ...SetupSettings.parse({}), user: { name: 'intruder' }, packages: [] }

  test('does nothing that was not asked for, and ends nobody’s operation', async () => {
    const asked = await begin(request('sleep 600', { batch: 1 }))
    const server = { id: a.id, name: a.name }
    const child = await until(async () => (await childrenOf(asked.id))[0] ?? null)
    const fleet = {
      operationId: asked.id,
      servers: [server],
      batch: 1,
      stopAfterFailures: 1,
      work: { kind: 'setup', settings },
    }
    await expect(byHand('fleet', fleet)).rejects.toThrow()
    await expect(byHand('setup', { operationId: child.id, server, settings, onFailure: 'undo' })).rejects.toThrow()
    expect(await childrenOf(asked.id)).toHaveLength(1)
    for (const { id } of [asked, child]) expect((await drydock.operation(id)).result).toBeNull()
    expect((await a.host.sh('id intruder')).exitCode).not.toBe(0)
    await drydock.start('POST', `/v1/operations/${asked.id}/cancellation`, {})
    expect((await ended(asked.id)).result).toMatchObject({ state: 'cancelled' })
  })
})

describe('a fleet operation', () => {
  test('runs on every server, a batch after the other, with an operation for each', async () => {
    const fleet = await finish(request('echo turn >> /root/turns', { batch: 1 }))
    expect(fleet.result).toMatchObject({ state: 'succeeded', message: 'All went well on 3 servers.' })
    const children = await childrenOf(fleet.id)
    expect(children.map(({ where }) => where)).toEqual(all().map(({ name }) => name))
    expect(children.map((child) => child.ended)).toEqual(['succeeded', 'succeeded', 'succeeded'])
    for (const [at, child] of children.slice(1).entries())
      expect(Date.parse(child.createdAt)).toBeGreaterThanOrEqual(Date.parse(children[at]?.endedAt ?? ''))
    for (const member of all()) expect(await linesOn(member, '/root/turns')).toBe(1)
    expect(await drydock.operation(children[0]?.id ?? '')).toMatchObject({ state: 'succeeded', parent: fleet.id })
  })

  test('begins no further batch once its threshold of failures is reached, and says how far it came', async () => {
    await a.host.sh('mkdir /root/stubborn')
    const fleet = await finish(request('echo more >> /root/stubborn', { batch: 2, stop_after_failures: 1 }))
    expect(fleet.result).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(
        `^Well on 1 server, not on 1 \\(${a.name}: failed, Exit status 2 .*Is a directory\\). 1 server not begun, because the threshold of failures was reached.$`,
      ),
    })
    const ends = new Map((await childrenOf(fleet.id)).map(({ where, ended: end }) => [where, end]))
    expect(ends).toEqual(new Map([[a.name, 'failed'], [b.name, 'succeeded']])) // biome-ignore format: a list
    expect((await c.host.sh('ls /root/stubborn')).exitCode).not.toBe(0)
  })

  test('goes on past failures below its threshold', async () => {
    const fleet = await finish(request('echo again >> /root/stubborn', { batch: 1, stop_after_failures: 2 }))
    const why = new RegExp(`^Well on 2 servers, not on 1 \\(${a.name}: failed, Exit status 2 .*\\).$`)
    expect(fleet.result).toMatchObject({ state: 'failed', message: expect.stringMatching(why) })
    expect(await linesOn(c, '/root/stubborn')).toBe(1)
  })

  test('that destroys waits for a person on each server by itself', async () => {
    for (const { host } of all()) await host.sh('mkdir /srv/shop && touch /srv/shop/one')
    const fleet = await begin(request('rm -rf /srv/shop', { batch: 3, stop_after_failures: 3 }))
    const children = await until(async () => {
      const found = await childrenOf(fleet.id)
      const pending = await drydock.store.approvals.pending()
      return pending.length === 3 ? found : null
    })
    expect(await drydock.operation(fleet.id)).toMatchObject({ state: 'running', result: null })
    const on = approvalsOn(() => ({ drydock, server: a, host: a.host }))
    const child = (of: Member) => children.find(({ where }) => where === of.name)?.id ?? ''
    const decide = async (of: Member, decision = {}) =>
      on.decide({ id: child(of), approval: await on.asked(child(of)) }, 'approver', decision)
    expect(await decide(a)).toEqual([200, 'confirmed'])
    expect(await on.ended(child(a))).toMatchObject({ state: 'succeeded' })
    expect((await b.host.sh('ls /srv/shop')).stdout).toBe('one\n')
    expect(await decide(b, { decision: 'reject' })).toEqual([200, 'rejected'])
    await drydock.start('POST', `/v1/operations/${child(c)}/cancellation`, {})
    const end = await ended(fleet.id)
    expect(end.result).toMatchObject({
      state: 'failed',
      message: `Well on 1 server, not on 2 (${b.name}: refused, Rejected by test-approver; ${c.name}: cancelled).`,
    })
    expect((await a.host.sh('ls /srv/shop')).exitCode).not.toBe(0)
    for (const { host } of [b, c]) expect((await host.sh('ls /srv/shop')).stdout).toBe('one\n')
  })

  test('that is cancelled ends after all its operations, and nothing of them runs on', async () => {
    const fleet = await begin(request('sleep 600', { batch: 2 }))
    for (const { host } of [a, b])
      await until(async () => ((await host.sh('pgrep -x sleep')).exitCode === 0 ? true : null))
    await drydock.start('POST', `/v1/operations/${fleet.id}/cancellation`, {})
    const end = await ended(fleet.id)
    expect(end.result).toMatchObject({ state: 'cancelled' })
    const children = await childrenOf(fleet.id)
    expect(children.map((child) => child.ended)).toEqual(['cancelled', 'cancelled'])
    const parent = await drydock.store.operations.get(fleet.id)
    for (const child of children)
      expect(Date.parse(child.endedAt ?? '')).toBeLessThanOrEqual(Date.parse(parent?.endedAt ?? ''))
    for (const { host } of all()) expect((await host.sh('pgrep -x sleep')).exitCode).not.toBe(0)
  })

  test('counts a server on which the same is under way as failed, and goes on with the others', async () => {
    const holder = await drydock.start('POST', `/v1/servers/${a.name}/commands`, {
      command: 'touch /root/held; sleep 600',
    })
    await until(async () => ((await a.host.sh('ls /root/held')).exitCode === 0 ? true : null))
    const first = await drydock.start('POST', `/v1/servers/${a.name}/setups`, { packages: [] })
    const body = { kind: 'setup', selector: { servers: [a.name, b.name] }, input: { packages: [] } }
    const fleet = await finish(body)
    expect(fleet.result).toMatchObject({
      state: 'failed',
      message: expect.stringContaining(`(${a.name}: failed, The same is under way on ${a.name} already`),
    })
    expect((await childrenOf(fleet.id)).find(({ where }) => where === a.name)?.result).toMatchObject({
      message: expect.stringContaining(`already (workflow ${first.workflow_id})`),
    })
    expect((await b.host.sh('id app')).exitCode).toBe(0)
    expect((await drydock.operation(first.id)).result).toBeNull()
    for (const { id } of [first, holder]) await drydock.start('POST', `/v1/operations/${id}/cancellation`, {})
    for (const { id } of [first, holder]) expect((await ended(id)).result).toMatchObject({ state: 'cancelled' })
  })
})
