import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OutputChunk } from '../../../schema/run.ts'
import type { Server } from '../../../schema/server.ts'
import type { Intent, Run } from '../../../store/index.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { addServer, digest, intent, startOperation, succeeded } from '../../support/operations.ts'

let database: TestDatabase
let server: Server
beforeAll(async () => {
  database = await createTestDatabase()
  server = await addServer(database.store)
})
afterAll(() => database.drop())

const chunk = (stream: 'stdout' | 'stderr', offset: number, text: string): OutputChunk => ({
  stream,
  offset,
  bytes: Buffer.from(text),
})

async function startRun(change: Partial<Intent> = {}): Promise<string> {
  const operation = await startOperation(database.store, server)
  const wanted = intent(operation, change)
  expect(await database.store.runs.intend(wanted)).toEqual({ kind: 'new' })
  return wanted.runId
}

const ids = (found: Run[]) => found.map((run) => run.id)

describe('the intent to run', () => {
  test('is recorded once: the second time answers the run as it was recorded, with the first boot', async () => {
    const { runs } = database.store
    const operation = await startOperation(database.store, server)
    await runs.intend(intent(operation))
    const again = await runs.intend(intent(operation, { boot: 'boot-2' }))
    expect(again).toMatchObject({
      kind: 'existing',
      run: { boot: 'boot-1', end: null, offsets: { stdout: 0, stderr: 0 } },
    })
  })

  test('is refused under an id that stands for another command, and the refusal is recorded', async () => {
    const { runs, audit } = database.store
    const operation = await startOperation(database.store, server)
    await runs.intend(intent(operation))
    const other = await runs.intend(intent(operation, { digest: digest('f') }))
    expect(other).toMatchObject({ kind: 'refused', because: 'run_is_another_command' })
    const refusals = await audit.list({ filters: { operationId: operation.id, action: 'run.refused' }, limit: 5 })
    expect(refusals).toMatchObject([{ security: true, success: false, error: 'run_is_another_command' }])
  })

  test('is refused after the end of the operation, but a run of before is still found', async () => {
    const { runs, operations } = database.store
    const operation = await startOperation(database.store, server)
    await runs.intend(intent(operation))
    await operations.end(operation.id, succeeded)
    const late = intent(operation, { runId: `${operation.id}/main/0/2` })
    expect(await runs.intend(late)).toMatchObject({ kind: 'refused', because: 'operation_ended' })
    expect(await runs.intend(intent(operation))).toMatchObject({ kind: 'existing' })
  })

  test('is open on its server until it has an end, and unswept until its directory is gone', async () => {
    const unsweptHere = async () => (await runs.unswept(1_000)).filter((left) => left.serverId === own.id)
    const { runs, operations } = database.store
    const own = await addServer(database.store)
    const operation = await startOperation(database.store, own)
    const { runId } = intent(operation)
    await runs.intend(intent(operation))
    expect(ids(await runs.openOnServer(own.id))).toEqual([runId])
    await runs.finish(runId, { kind: 'exited', exitCode: 3, durationMs: 12, timedOut: false })
    expect(await runs.openOnServer(own.id)).toEqual([])
    expect(await unsweptHere()).toEqual([])
    await operations.end(operation.id, succeeded)
    expect(await unsweptHere()).toEqual([{ serverId: own.id, as: 'root', runIds: [runId] }])
    await runs.markSwept([runId])
    expect(await unsweptHere()).toEqual([])
  })
})

describe('output', () => {
  test('is stored once, however its chunks overlap', async () => {
    const { runs } = database.store
    const runId = await startRun()
    expect(await runs.appendOutput(runId, [chunk('stdout', 0, 'hello ')])).toEqual({ stdout: 6, stderr: 0 })
    const more = [
      chunk('stdout', 6, 'wor'),
      chunk('stderr', 0, 'oh'),
      chunk('stdout', 3, 'lo world'),
      chunk('stdout', 0, 'hel'),
    ]
    expect(await runs.appendOutput(runId, more)).toEqual({ stdout: 11, stderr: 2 })
    expect(await runs.appendOutput(runId, more)).toEqual({ stdout: 11, stderr: 2 })
    expect(await runs.offsets(runId)).toEqual({ stdout: 11, stderr: 2 })
    expect((await runs.output(runId, { stream: 'stdout', from: 0, limit: 100 })).toString()).toBe('hello world')
    expect((await runs.output(runId, { stream: 'stdout', from: 4, limit: 5 })).toString()).toBe('o wor')
  })

  test('is whole when ten writers send overlapping pieces at once', async () => {
    const { runs } = database.store
    const runId = await startRun()
    const text = Array.from({ length: 500 }, (_, index) => String.fromCharCode(97 + (index % 26))).join('')
    const write = async () => {
      for (let at = 0; at < text.length; at += 50)
        await runs.appendOutput(runId, [chunk('stdout', at, text.slice(at, at + 70))])
    }
    await Promise.all(Array.from({ length: 10 }, write))
    expect((await runs.output(runId, { stream: 'stdout', from: 0, limit: 1000 })).toString()).toBe(text)
  })

  test('with a gap is refused, and nothing of the call is stored', async () => {
    const { runs } = database.store
    const runId = await startRun()
    const gap = [chunk('stderr', 0, 'kept?'), chunk('stdout', 4, 'late')]
    await expect(runs.appendOutput(runId, gap)).rejects.toThrow(/goes on at byte 4, but only 0 are stored/)
    expect(await runs.offsets(runId)).toEqual({ stdout: 0, stderr: 0 })
  })

  test('may hold any bytes', async () => {
    const { runs } = database.store
    const runId = await startRun()
    const bytes = Buffer.from([0, 255, 128, 0, 10, 92])
    await runs.appendOutput(runId, [{ stream: 'stdout', offset: 0, bytes }])
    expect(await runs.output(runId, { stream: 'stdout', from: 0, limit: 10 })).toEqual(bytes)
  })

  test('past the limit is counted and not kept, and that is said once', async () => {
    const { store } = database
    const operation = await startOperation(store, server)
    const { runId } = intent(operation)
    await store.runs.intend(intent(operation, { outputLimitBytes: 8 }))
    await store.runs.appendOutput(runId, [chunk('stdout', 0, '0123456789')])
    await store.runs.appendOutput(runId, [chunk('stdout', 10, 'more'), chunk('stderr', 0, 'fine')])
    expect(await store.runs.offsets(runId)).toEqual({ stdout: 14, stderr: 4 })
    expect(await store.outputs.result(runId, 100)).toEqual({
      stdout: '01234567',
      stderr: 'fine',
      stdoutTruncated: true,
      stderrTruncated: false,
    })
    const events = await store.events.after({ operationId: operation.id, seq: 1, limit: 10 })
    expect(events.map((event) => event.message)).toEqual([
      'running',
      'The output of "uptime" is longer than 8 bytes; the rest is not kept.',
    ])
  })

  test('as a text is cut between characters', async () => {
    const { store } = database
    const runId = await startRun()
    await store.runs.appendOutput(runId, [chunk('stdout', 0, 'grün')])
    expect(await store.outputs.result(runId, 3)).toMatchObject({ stdout: 'gr', stdoutTruncated: true })
    expect(await store.outputs.result(runId, 4)).toMatchObject({ stdout: 'grü', stdoutTruncated: true })
    expect(await store.outputs.result(runId, 5)).toMatchObject({ stdout: 'grün', stdoutTruncated: false })
  })

  test('of an operation is read run by run, to the last of many chunks', async () => {
    const { store } = database
    const operation = await startOperation(store, server)
    const [one, two] = [`${operation.id}/a/0/1`, `${operation.id}/b/0/1`]
    for (const runId of [one, two]) await store.runs.intend(intent(operation, { runId }))
    await store.runs.appendOutput(two, [chunk('stdout', 0, 'second')])
    for (let at = 0; at < 150; at++) await store.runs.appendOutput(one, [chunk('stdout', at, 'x')])
    let text = ''
    for await (const { bytes } of store.outputs.ofOperation(operation.id)) text += bytes.toString()
    expect(text).toBe(`${'x'.repeat(150)}second`)
  })
})

describe('the end of a run', () => {
  const exited = { kind: 'exited', exitCode: 0, durationMs: 5, timedOut: false } as const

  test('stands, but a certainty replaces "unknown"', async () => {
    const { runs } = database.store
    const runId = await startRun()
    await runs.finish(runId, { kind: 'unknown', because: 'the host is gone' })
    await runs.finish(runId, exited)
    await runs.finish(runId, { ...exited, exitCode: 9 })
    await runs.finish(runId, { kind: 'unknown', because: 'late' })
    expect((await runs.get(runId))?.end).toEqual(exited)
  })

  test('completes a one-command operation in one go: output, run, operation, audit and final event', async () => {
    const { store } = database
    const operation = await startOperation(store, server)
    const { runId } = intent(operation)
    await store.runs.intend(intent(operation))
    const last = {
      runId,
      end: exited,
      chunks: [chunk('stdout', 0, 'up 3 days')],
      operationId: operation.id,
      result: succeeded,
    }
    expect(await store.runs.complete(last)).toMatchObject({
      ended: true,
      offsets: { stdout: 9, stderr: 0 },
      operation: { state: 'succeeded' },
    })
    expect(await store.runs.complete(last)).toMatchObject({ ended: false, operation: { state: 'succeeded' } })
    expect((await store.runs.get(runId))?.end).toEqual(exited)
    expect(await store.outputs.result(runId, 100)).toMatchObject({ stdout: 'up 3 days' })
    const events = await store.events.after({ operationId: operation.id, seq: 1, limit: 10 })
    expect(events).toMatchObject([
      { type: 'state', data: { state: 'running' } },
      { type: 'state', message: 'done', data: { state: 'succeeded' }, percentage: 100 },
    ])
    expect(await store.audit.list({ filters: { operationId: operation.id }, limit: 5 })).toMatchObject([
      { success: true },
    ])
  })
})
