import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client, Connection, WorkflowFailedError } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { expect } from 'vitest'
import type { Activities } from '../../activities/index.ts'
import type { Actor } from '../../schema/identity.ts'
import type { OperationResult } from '../../schema/operation.ts'
import type { PendingConfirmation } from '../../schema/start.ts'
import { workflowBundle } from '../../workers/bundle.ts'
import { testTemporal } from './temporal.ts'

/** A call of an activity as a workflow made it. */
export type Call = { readonly activity: string; readonly input: unknown }

/** Activities that answer as told and note each call; whatever is not told fails the test by its name. */
export type Fakes = Partial<Activities>

export type Stage = {
  readonly client: Client
  readonly taskQueue: string
  readonly calls: Call[]
  /** Names in the order of calling. */
  names(): string[]
  close(): Promise<void>
}

const nothing = (): void => undefined
let quiet = false

/** Temporal's own log lines would bury the test's. */
export function quieten(): void {
  if (quiet) return
  Runtime.install({
    logger: { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing },
  })
  quiet = true
}

/** The real workflows on a real Temporal dev server, with a task queue of their own and fake activities. */
export async function openStage(fakes: Fakes): Promise<Stage> {
  quieten()
  const address = testTemporal()
  const [connection, native] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ])
  const taskQueue = `test-${randomUUID()}`
  const client = new Client({ connection })
  const calls: Call[] = []
  const activities = Object.fromEntries(
    Object.entries(fakes).map(([name, work]) => [
      name,
      async (input: never) => {
        calls.push({ activity: name, input })
        return (work as (input: never) => Promise<unknown>)(input)
      },
    ]),
  )
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowBundle: await workflowBundle(),
    activities,
    maxHeartbeatThrottleInterval: '100 milliseconds',
  })
  const done = worker.run()
  return {
    client,
    taskQueue,
    calls,
    names: () => calls.map(({ activity }) => activity),
    async close() {
      if (process.env.DRYDOCK_RECORD_HISTORIES) await recordHistories(client, taskQueue)
      worker.shutdown()
      await done
      await native.close()
      await connection.close()
    },
  }
}

/** An operation's result, whether its workflow completed, failed or was cancelled with it. */
export async function endOf(handle: { result(): Promise<OperationResult> }): Promise<OperationResult> {
  try {
    return await handle.result()
  } catch (error) {
    const cause = error instanceof WorkflowFailedError ? error.cause : error
    if (cause instanceof Error && 'details' in cause && Array.isArray(cause.details)) return cause.details[0]
    throw error
  }
}

export const ada: Actor = { name: 'ada', kind: 'person', role: 'operator', interface: 'cli' }

/** What a waiting workflow asks in these tests. */
export const question = (inMs: number): PendingConfirmation => ({
  approvalId: 'approval-1',
  phrase: 'yes, go',
  summary: 'It removes a user.',
  risk: 'high',
  attempts: 0,
  maxAttempts: 3,
  expiresAt: new Date(Date.now() + inMs).toISOString(),
})

/** Stores what a test's workflows did as histories that later versions are replayed against. Run with DRYDOCK_RECORD_HISTORIES=1. */
async function recordHistories(client: Client, taskQueue: string): Promise<void> {
  const title = (expect.getState().currentTestName ?? 'unnamed')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 80)
  const started = await client.workflowService.listWorkflowExecutions({
    namespace: 'default',
    query: `TaskQueue = '${taskQueue}'`,
  })
  for (const [at, { execution, status }] of started.executions.entries()) {
    if (!execution?.workflowId || Number(status) === terminated) continue
    const history = await client.workflow.getHandle(execution.workflowId, execution.runId ?? undefined).fetchHistory()
    writeFileSync(
      join(import.meta.dirname, '../workflow/histories', `${title}-${at}.json`),
      `${historyToJSON(history)}\n`,
    )
  }
}

/** Of Temporal's WorkflowExecutionStatus. */
const terminated = 5
