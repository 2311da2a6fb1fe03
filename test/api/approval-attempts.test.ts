import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '../../schema/identity.ts'
import {
  ask,
  bob,
  type Case,
  confirm,
  destructive,
  execute,
  type Ground,
  groundOf,
  madeUp,
  newId,
  passes,
  runIdOf,
} from '../support/attempts.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { addServer, alice, succeeded } from '../support/operations.ts'
import { pick, seeded } from '../unit/guard/random.ts'

// The long form: DRYDOCK_ATTEMPTS=10000 npx vitest run --project api test/api/approval-attempts.test.ts
const attempts = Number(process.env.DRYDOCK_ATTEMPTS ?? 300)
const seed = Number(process.env.DRYDOCK_SEED ?? Math.floor(Math.random() * 2 ** 31))

let database: TestDatabase
let ground: Ground
beforeAll(async () => {
  database = await createTestDatabase()
  ground = groundOf(database.store, [await addServer(database.store), await addServer(database.store)])
})
afterAll(() => database.drop())

const viewer: Actor = { name: 'eve', kind: 'person', role: 'viewer', interface: 'api' }
const operator: Actor = { ...viewer, name: 'oscar', role: 'operator' }
const agent: Actor = { name: 'robot', kind: 'agent', role: 'admin', interface: 'mcp' }

/** Each tries to run something that nobody has approved; how many times it was let through, and how many times it may have been. */
type Attempt = (it: Case, number: number) => Promise<{ ran: number; allowed: number }>

const never = async (ran: Promise<boolean> | boolean): Promise<{ ran: number; allowed: number }> => ({
  ran: Number(await ran),
  allowed: 0,
})

const kinds: Readonly<Record<string, Attempt>> = {
  'approved, as it should be': async (it) => {
    expect(await confirm(ground, it)).toBe('confirmed')
    return { ran: Number(await execute(ground, it)), allowed: 1 }
  },
  'forced as harmless': (it) => never(passes(ground, { ...it, server: ground.servers[0], runId: runIdOf(it) })),
  'with a made-up approval': (it) => never(execute(ground, it, { approvalId: newId() })),
  'with a made-up binding': async (it) => {
    await confirm(ground, it)
    return never(execute(ground, it, { bound: madeUp(it, runIdOf(it)) }))
  },
  'before anybody has confirmed': (it) => never(execute(ground, it)),
  'with a wrong phrase': async (it) => {
    expect(await confirm(ground, it, bob, 'yes')).toBe('invalid_confirmation')
    return never(execute(ground, it))
  },
  'after three wrong phrases and the right one': async (it) => {
    for (const phrase of ['a', 'b', 'c', it.approval.assessment.phrase]) await confirm(ground, it, bob, phrase)
    return never(execute(ground, it))
  },
  'confirmed by who may not': async (it, number) => {
    expect(await confirm(ground, it, [viewer, operator, agent][number % 3] ?? viewer)).toBe('requester_may_not_approve')
    return never(execute(ground, it))
  },
  'used a second time': async (it) => {
    await confirm(ground, it)
    const first = await execute(ground, it)
    const second = await execute(ground, it, { runId: runIdOf(it, 2) })
    return { ran: Number(first) + Number(second), allowed: 1 }
  },
  'altered after it was confirmed': async (it, number) => {
    await confirm(ground, it)
    const other = destructive(number + 1_000_000)
    return never(execute(ground, it, { command: other }))
  },
  'altered by one space after it was bound': async (it) => {
    await confirm(ground, it)
    const bound = await boundOf(it)
    const command = { ...it.command, script: `${it.command.script} ` }
    return never(
      bound !== undefined && passes(ground, { ...it, command, server: ground.servers[0], runId: runIdOf(it), bound }),
    )
  },
  'on another host': async (it) => {
    await confirm(ground, it)
    return never(execute(ground, it, { server: ground.servers[1] }))
  },
  'on another host after it was bound': async (it) => {
    await confirm(ground, it)
    const bound = await boundOf(it)
    return never(bound !== undefined && passes(ground, { ...it, server: ground.servers[1], runId: runIdOf(it), bound }))
  },
  'for another requester': async (it) => {
    await confirm(ground, it)
    return never(execute(ground, it, { requester: 'mallory' }))
  },
  'for another operation': async (it, number) => {
    await confirm(ground, it)
    const other = await ask(ground, number)
    return never(execute(ground, other, { approvalId: it.approval.id }))
  },
  'raced by eight runs': async (it) => {
    await confirm(ground, it)
    const ran = await Promise.all(
      Array.from({ length: 8 }, (_, run) => execute(ground, it, { runId: runIdOf(it, run + 1) })),
    )
    return { ran: ran.filter(Boolean).length, allowed: 1 }
  },
  'raced by confirmations and runs': async (it) => {
    const runs = Array.from({ length: 4 }, (_, run) => execute(ground, it, { runId: runIdOf(it, run + 1) }))
    const [outcomes, ran] = await Promise.all([
      Promise.all([confirm(ground, it), confirm(ground, it, alice), confirm(ground, it, bob, 'no')]),
      Promise.all(runs),
    ])
    expect(outcomes.filter((outcome) => outcome === 'confirmed')).toHaveLength(1)
    return { ran: ran.filter(Boolean).length, allowed: ran.some(Boolean) ? 1 : 0 }
  },
  'after it was rejected': async (it) => {
    const decision = { decision: 'reject' as const, acknowledged: [] }
    await database.store.approvals.decide({
      operationId: it.operation.id,
      actor: bob,
      decision,
      mode: 'always',
      onlyOneApprover: true,
    })
    await confirm(ground, it)
    return never(execute(ground, it))
  },
  'after it was cancelled because what it would hit has grown': async (it) => {
    await confirm(ground, it)
    await database.store.approvals.cancel(it.approval.id, { actor: alice, reason: 'grown' })
    return never(execute(ground, it))
  },
  'after its operation has ended': async (it) => {
    await confirm(ground, it)
    await database.store.operations.end(it.operation.id, succeeded)
    return never(execute(ground, it))
  },
  'after its time was over': async (_, number) => {
    const late = await ask(ground, number, -1)
    expect(await confirm(ground, late)).toBe('expired')
    return never(execute(ground, late))
  },
}

/** What the store binds when everything is right. */
async function boundOf(it: Case) {
  const subject = { kind: 'command' as const, digest: it.approval.subject.digest }
  const answer = await database.store.runs.intend({
    runId: runIdOf(it),
    operationId: it.operation.id,
    serverId: ground.servers[0].id,
    stepId: 'main',
    commandIndex: 0,
    digest: subject.digest,
    shown: it.command.shown,
    as: 'root',
    boot: 'boot-1',
    approval: { id: it.approval.id, subject },
  })
  return answer.kind === 'refused' ? undefined : answer.bound
}

test(
  `nothing runs without its approval, and with it once, in ${attempts} attempts of seed ${seed}`,
  async () => {
    const random = seeded(seed)
    const counts = new Map<string, number>()
    for (let number = 0; number < attempts; number += 1) {
      const [kind, attempt] = pick(random, Object.entries(kinds))
      const { ran, allowed } = await attempt(await ask(ground, number), number)
      counts.set(kind, (counts.get(kind) ?? 0) + 1)
      expect(ran, `attempt ${number} of seed ${seed}: ${kind}`).toBe(allowed)
    }
    if (attempts > 1_000) console.log(JSON.stringify({ seed, attempts, ...Object.fromEntries(counts) }))
    expect(counts.size).toBe(Object.keys(kinds).length)
  },
  Math.max(60_000, attempts * 100),
)
