import { randomUUID } from 'node:crypto'
import { Client as Database } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEnvelope } from '../../store/envelope.ts'
import { connectClient } from '../../workers/temporal-client.ts'
import { approvalsOn } from '../support/approvals.ts'
import { install, type Installation, until, type WorkerProcess } from '../support/installation.ts'
import { useHost } from '../support/lab.ts'

const host = useHost({ name: 'approval' })
let drydock: Installation
let worker: WorkerProcess
let server: { id: string; name: string }
const installed = async (settings: Record<string, unknown>) => {
  drydock = await install(settings)
  worker = await drydock.startWorker()
  server = await drydock.register(host())
  // Where there is no backup at all, whatever deletes is critical.
  await host().sh('mkdir -p /backup && echo everything | gzip > /backup/whole.gz')
}
const on = approvalsOn(() => ({ drydock, server, host: host() }))
const wrong = { phrase: 'yes, do it' }

describe('a destructive command', () => {
  // Only what is critical expires while these tests run.
  beforeAll(() => installed({ guard: { deadlineMs: { critical: 2_500 } } }))
  afterAll(() => drydock.close())

  test('is refused after three wrong phrases, and the right one is too late then', async () => {
    const it = await on.waiting()
    const answers = [await on.decide(it, 'approver', wrong), await on.decide(it, 'admin', wrong)]
    expect(answers.flat()).toEqual([422, 'INVALID_CONFIRMATION', 422, 'INVALID_CONFIRMATION'])
    expect(await on.decide(it, 'approver', wrong)).toEqual([409, 'MAX_ATTEMPTS_EXCEEDED'])
    expect(await on.decide(it)).toEqual([409, 'CONFLICT'])
    expect(await on.ended(it.id)).toMatchObject({
      state: 'refused',
      message: expect.stringContaining('3 wrong phrases'),
    })
    expect(await on.answers(it.id)).toEqual([
      'invalid_confirmation by test-approver',
      'invalid_confirmation by test-admin',
      'max_attempts_exceeded by test-approver',
      'already_decided by test-approver',
    ])
    await on.expectNothingRan(it)
  })

  test('is refused when nobody answers in time, and who comes late is told so', async () => {
    const it = await on.waiting({ parent: '/etc' })
    expect(it.approval.assessment.risk).toBe('critical')
    expect(await on.ended(it.id)).toMatchObject({ state: 'refused', message: expect.stringContaining('expired') })
    expect(await on.decide(it)).toEqual([410, 'EXPIRED'])
    expect(await on.audited(it.id)).toEqual(expect.arrayContaining(['approval.expired', 'approval.confirm']))
    await on.expectNothingRan(it)
  })

  test('confirmed twice at the same time and once more runs once', async () => {
    const it = await on.waiting()
    const both = await Promise.all([on.decide(it, 'approver'), on.decide(it, 'admin')])
    expect(both.map(([status]) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
    expect(await on.decide(it)).toEqual([409, 'CONFLICT'])
    await on.expectRanOnce(it)
    expect((await on.answers(it.id)).filter((answer) => answer.startsWith('confirmed'))).toHaveLength(1)
  })

  test('cannot be confirmed by a viewer, an operator, an agent or, at high risk, by who asked for it', async () => {
    const made = await drydock.store.tokens.create({ name: 'agent', role: 'admin', kind: 'agent' })
    if (made.kind !== 'created') throw new Error('no token')
    const it = await on.waiting({ as: 'approver' })
    expect(it.approval.assessment.risk).toBe('high')
    for (const who of ['viewer', 'operator', 'approver', { token: made.token }] as const)
      expect(await on.decide(it, who), JSON.stringify(who)).toEqual([403, 'FORBIDDEN'])
    expect(await on.answers(it.id)).toEqual(
      ['test-viewer', 'test-operator', 'test-approver', 'agent'].map((name) => `requester_may_not_approve by ${name}`),
    )
    expect((await on.audited(it.id)).filter((action) => action === 'approval.confirm')).toHaveLength(4)
    const { events } = await drydock.temporal.workflow.getHandle(it.workflowId).fetchHistory()
    expect(events?.filter((event) => event.workflowExecutionSignaledEventAttributes)).toEqual([])
    await on.expectNothingRan(it)
    expect(await on.decide(it, 'admin')).toEqual([200, 'confirmed'])
    await on.expectRanOnce(it)
  })

  test('is not run by signals that were made up or sent past the API', async () => {
    const other = await on.waiting()
    await on.decide(other)
    await on.expectRanOnce(other)
    const [{ id: used } = { id: '' }] = await drydock.store.approvals.decisions(other.id)
    const it = await on.waiting()
    const { phrase } = it.approval.assessment
    const workflow = drydock.temporal.workflow.getHandle(it.workflowId)
    for (const decisionId of [randomUUID(), used, it.approval.id, "' or 1=1"])
      await workflow.signal('confirm', { operationId: it.id, decisionId })
    await workflow.signal('confirm', { operationId: it.id, phrase })
    await workflow.signal('reject', { operationId: it.id, reason: 'because' })
    await workflow.signal('confirm', { operationId: other.id, phrase })
    await expect(workflow.executeUpdate('confirm', { args: [{ operationId: it.id, phrase }] })).rejects.toThrow()
    const ignored = async () => (await on.audited(it.id)).filter((action) => action === 'approval.ignored')
    await until(async () => ((await ignored()).length === 6 ? true : null))
    await on.expectNothingRan(it)
    expect(await drydock.operation(it.id)).toMatchObject({ state: 'awaiting_approval', result: null })
    expect(await on.decide(it, 'operator', { decision: 'reject' })).toEqual([200, 'rejected'])
    expect(await on.ended(it.id)).toMatchObject({ state: 'refused', message: expect.stringContaining('Rejected by') })
    await on.expectNothingRan(it)
  })

  test('lends its approval to no second run, neither while it runs nor afterwards', async () => {
    const it = await on.waiting({ rest: '; sleep 2' })
    await on.decide(it)
    await until(async () => ((await on.runsOf(it.name)) === 1 ? true : null))
    const [run] = await drydock.store.runs.ofOperation(it.id)
    if (run === undefined) throw new Error('no run')
    const { digest, serverId, boot, shown, as } = run
    const approval = { id: it.approval.id, subject: it.approval.subject }
    const command = { serverId, commandIndex: 0, stepId: 'command', digest, shown, as, boot }
    const again = { ...command, approval, operationId: it.id }
    const intend = () => drydock.store.runs.intend({ ...again, runId: `${it.id}.command.0.2` })
    expect(await intend()).toMatchObject({ kind: 'refused', because: 'approval_used' })
    await on.expectRanOnce(it)
    expect(await intend()).toMatchObject({ kind: 'refused', because: 'operation_ended' })
    const second = await on.waiting()
    const stolen = { ...again, operationId: second.id, runId: `${second.id}.command.0.1` }
    expect(await drydock.store.runs.intend(stolen)).toMatchObject({ because: 'approval_of_another' })
    expect(await on.audited(second.id)).toContain('run.refused')
    await on.expectNothingRan(second)
  })

  test('asks again when what it would hit has grown, and runs once when that is confirmed', async () => {
    const it = await on.waiting()
    expect(it.approval.assessment.affectedCount).toBe(3)
    await host().sh(`touch /srv/${it.name}/three`)
    expect(await on.decide(it)).toEqual([200, 'confirmed'])
    const approval = await on.asked(it.id, it.approval.id)
    expect(approval).toMatchObject({ state: 'pending', assessment: { affectedCount: 4 } })
    expect(await drydock.store.approvals.get(it.approval.id)).toMatchObject({ state: 'cancelled' })
    await on.expectNothingRan(it)
    expect(await on.decide({ ...it, approval })).toEqual([200, 'confirmed'])
    await on.expectRanOnce(it)
  })

  test('is not begun any more where a worker died before it began it, and what it would hit has grown meanwhile', async () => {
    const it = await on.waiting()
    const { approval } = it
    // Nothing is under way at the worker, which would have to be missed first.
    await until(async () => {
      const { raw } = await drydock.temporal.workflow.getHandle(it.workflowId).describe()
      return raw.pendingWorkflowTask || (raw.pendingActivities ?? []).length > 0 ? null : true
    })
    await worker.kill9()
    expect(await on.decide(it)).toEqual([200, 'confirmed'])
    const target = (await drydock.store.servers.get(server.id)) ?? expect.fail('no server')
    // What the worker wrote down last.
    expect(
      await drydock.store.runs.intend({
        runId: `${it.id}.command.0.1`,
        operationId: it.id,
        serverId: target.id,
        stepId: 'command',
        commandIndex: 0,
        digest: approval.subject.digest,
        shown: it.name,
        as: 'app',
        boot: `${(await host().sh('cat /proc/sys/kernel/random/boot_id')).stdout.trim()}:?`,
        approval: { id: approval.id, subject: approval.subject },
      }),
    ).toMatchObject({ kind: 'new' })
    await host().sh(`touch /srv/${it.name}/three`)
    worker = await drydock.startWorker()
    expect(await until(async () => (await drydock.operation(it.id)).result, 60_000)).toMatchObject({
      state: 'unknown',
      message: expect.stringContaining('it was not begun anew, because what it would hit has changed'),
    })
    expect(await on.runsOf(it.name)).toBe(0)
  })

  test('cancelled while it waits can be confirmed no more', async () => {
    const it = await on.waiting()
    await drydock.start('POST', `/v1/operations/${it.id}/cancellation`, {})
    expect(await on.ended(it.id)).toMatchObject({ state: 'cancelled' })
    expect(await drydock.store.approvals.get(it.approval.id)).toMatchObject({ state: 'cancelled' })
    expect(await on.decide(it)).toEqual([409, 'CONFLICT'])
    await on.expectNothingRan(it)
  })

  test('is run where it was typed: relative paths are rated, asked for and run in that directory', async () => {
    const it = await on.waitingIn('/srv')
    expect(await on.decide(it)).toEqual([200, 'confirmed'])
    await on.expectRanOnce(it)
  })

  test('is shown whole to who decides: its end, its directory, its environment and who it runs as', async () => {
    const command = `echo ${'a'.repeat(400)}; rm -rf ./old`
    const asked = { command, cwd: '/srv', env: { MODE: 'hard' }, as_root: true }
    const { id } = await drydock.start('POST', `/v1/servers/${server.name}/commands`, asked)
    const { subject } = await on.asked(id)
    expect(subject.shown).toBe(`${command}\nas root, in /srv\nwith MODE=hard`)
    const told = await drydock.ask('GET', `/v1/operations/${id}/approval`, undefined, 'approver')
    expect(told.body).toMatchObject({ subject: { shown: subject.shown } })
  })

  test('that waits keeps its clock and its attempts when the worker is killed; one that was altered meanwhile is refused', async () => {
    const [it, moved, resealed] = [await on.waiting(), await on.waiting(), await on.waiting()]
    await on.decide(it, 'approver', wrong)
    await worker.kill9()
    for (const one of [moved, resealed]) expect(await on.decide(one)).toEqual([200, 'confirmed'])
    const evil = JSON.stringify({ command: `echo ${resealed.name} >> /root/ran` })
    const sealed = createEnvelope(drydock.masterKey).seal(`operations/${resealed.id}`, evil)
    await alter('sealed = $2', resealed.id, sealed)
    await alter('sealed = (select sealed from operations where id = $2)', moved.id, it.id)
    worker = await drydock.startWorker()
    for (const one of [moved, resealed]) {
      expect(await on.ended(one.id)).toMatchObject({ state: 'refused' })
      await on.expectNothingRan(one)
    }
    expect(await on.audited(resealed.id)).toContain('run.refused')
    const { attempts, expiresAt } = (await drydock.store.approvals.get(it.approval.id)) ?? {}
    expect({ attempts, expiresAt }).toEqual({ attempts: 1, expiresAt: it.approval.expiresAt })
    expect(await on.decide(it, 'approver', wrong)).toEqual([422, 'INVALID_CONFIRMATION'])
    expect(await on.decide(it, 'approver', wrong)).toEqual([409, 'MAX_ATTEMPTS_EXCEEDED'])
    expect(await on.ended(it.id)).toMatchObject({ state: 'refused' })
    await on.expectNothingRan(it)
  })
})

describe('where approval.from_temporal is on', () => {
  let ada: Awaited<ReturnType<typeof connectClient>>
  beforeAll(async () => {
    await installed({ approval: { from_temporal: true } })
    ada = await connectClient(drydock.settings, 'ada@laptop')
  })
  afterAll(async () => {
    await ada.connection.close()
    await drydock.close()
  })

  test('a bare signal with the phrase counts, a wrong one is an attempt, and who sent it is recorded', async () => {
    const it = await on.waiting()
    const workflow = ada.workflow.getHandle(it.workflowId)
    await workflow.signal('confirm', { operationId: it.id, phrase: 'yes, do it' })
    await until(async () => ((await drydock.store.approvals.get(it.approval.id))?.attempts === 1 ? true : null))
    await on.expectNothingRan(it)
    await workflow.signal('confirm', { operationId: it.id, phrase: it.approval.assessment.phrase })
    await on.expectRanOnce(it)
    expect(await on.answers(it.id)).toEqual([
      'invalid_confirmation by temporal:ada@laptop',
      'confirmed by temporal:ada@laptop',
    ])
  })

  test('a decision that was stored by an attempt that died is acted on by the next one', async () => {
    const it = await on.waiting()
    const { phrase } = it.approval.assessment
    const actor = { name: 'temporal:ada@laptop', kind: 'person', role: 'approver', interface: 'temporal' } as const
    const acknowledged = it.approval.assessment.checklist.map((item) => item.id)
    const decision = { decision: 'confirm' as const, phrase, acknowledged }
    await drydock.store.approvals.decide({ operationId: it.id, actor, decision, mode: 'always', onlyOneApprover: true })
    await ada.workflow.getHandle(it.workflowId).signal('confirm', { operationId: it.id, phrase })
    await on.expectRanOnce(it)
  })

  test('an update answers at once whether the phrase was right', async () => {
    const it = await on.waiting()
    const workflow = ada.workflow.getHandle(it.workflowId)
    const send = (phrase: string) => workflow.executeUpdate('confirm', { args: [{ operationId: it.id, phrase }] })
    expect(await send('no')).toMatchObject({ outcome: 'invalid_confirmation', remainingAttempts: 2 })
    await on.expectNothingRan(it)
    expect(await send(it.approval.assessment.phrase)).toMatchObject({ outcome: 'confirmed' })
    await on.expectRanOnce(it)
  })
})

/** As somebody with every right in PostgreSQL. */
async function alter(what: string, id: string, value: unknown): Promise<void> {
  const database = new Database({ connectionString: drydock.databaseUrl, options: '-c search_path=drydock' })
  await database.connect()
  try {
    await database.query(`update operations set ${what} where id = $1`, [id, value])
  } finally {
    await database.end()
  }
}
