import { randomUUID } from 'node:crypto'
import { ApplicationFailure } from '@temporalio/common'
import { afterEach, expect, test } from 'vitest'
import type { PlannedSynchronization } from '../../activities/synchronization.ts'
import type { PlannedUpload } from '../../activities/upload.ts'
import type { TransferSettings } from '../../schema/transfer.ts'
import { installStep, prepareStep } from '../../schema/step-names.ts'
import { cancel } from '../../workflows/messages.ts'
import type { transfer } from '../../workflows/transfer.ts'
import { ada, endOf, type Fakes, openStage, type Stage } from '../support/workflows.ts'

const file = { path: '/srv/a', bytes: 5, sha256: 'a'.repeat(64), mode: '644', owner: 'app', group: 'app' }
const step = (id: string, undoable: boolean) => ({ id, title: id, undoable, alreadySo: false })
const plan: PlannedUpload = {
  id: 'plan-1',
  hash: 'a'.repeat(64),
  verdict: 'allow',
  warnings: [],
  steps: [step(prepareStep, true), step(installStep, false)],
  file,
  part: { path: '/srv/.a.drydock-1', folder: 'beside' },
}
const sent = { bytes: 5, totalBytes: 5, bytesPerSecond: 10, remainingMs: 0, resumedAt: 0 }

const outcome = { path: '/srv/site', added: 2, changed: 1, deleted: 0, skipped: 9, failed: 0, bytes: 40 }
const synchronization: PlannedSynchronization = {
  ...plan,
  packed: { root: '/srv/site', stage: '/srv/site/.drydock-1', bytes: 5, sha256: file.sha256, files: 3, owner: null },
  part: { path: '/srv/site/.drydock-1/packed', folder: 'beside' },
  outcome,
}

const wellBehaved: Fakes = {
  fetchSource: async () => undefined,
  planUpload: async () => plan,
  planSynchronization: async () => synchronization,
  receiveDirectory: async () => ({ transfer: null, synchronization: { ...outcome, added: 0, changed: 0, bytes: 0 } }),
  lockServerIfFree: async () => true,
  lockServer: async () => ({ held: true }),
  applyStep: async () => ({ state: 'applied' }),
  sendBytes: async () => sent,
  receiveFile: async () => ({ path: '/srv/a', bytes: 5, sha256: 'b', bytesPerSecond: 10, resumedAt: 0 }),
  removeSource: async () => undefined,
  undoStep: async () => ({ state: 'undone' }),
  endRuns: async () => undefined,
  endOperation: async () => undefined,
}

const upload: TransferSettings = {
  direction: 'upload',
  path: '/srv/a',
  asRoot: false,
  source: { kind: 'upload', id: randomUUID(), bytes: 5, sha256: file.sha256 },
}

const stored = { kind: 'upload' as const, id: randomUUID(), bytes: 5, sha256: file.sha256 }
const directory = { path: '/srv/site', asRoot: false, include: [], exclude: [] }

let stage: Stage
afterEach(() => stage.close())
async function start(fakes: Fakes, settings: TransferSettings = upload) {
  stage = await openStage({ ...wellBehaved, ...fakes })
  const operationId = randomUUID()
  const handle = await stage.client.workflow.start<typeof transfer>('transfer', {
    taskQueue: stage.taskQueue,
    workflowId: `transfer/${operationId}`,
    args: [
      {
        operationId,
        requester: ada,
        correlationId: 'test',
        approvalFromTemporal: false,
        server: { id: randomUUID(), name: 'web-1' },
        settings,
      },
    ],
  })
  return { handle, operationId }
}

test('an upload makes room, sends the bytes, and only then puts the file in place', async () => {
  const { handle } = await start({})
  expect(await endOf(handle)).toMatchObject({ state: 'succeeded', transfer: { bytes: 5, bytesPerSecond: 10 } })
  expect(stage.names()).toEqual([
    'fetchSource',
    'lockServerIfFree',
    'planUpload',
    'applyStep',
    'sendBytes',
    'applyStep',
    'removeSource',
    'endOperation',
  ])
})

test('an upload of what is there already sends nothing and is unchanged', async () => {
  const steps = plan.steps.map((one) => ({ ...one, alreadySo: true }))
  const { handle } = await start({
    planUpload: async () => ({ ...plan, steps }),
    applyStep: async () => ({ state: 'unchanged' }),
  })
  expect(await endOf(handle)).toMatchObject({ state: 'unchanged' })
  expect(stage.names()).not.toContain('sendBytes')
})

test('bytes that cannot be sent leave nothing behind, and the file is kept for another try', async () => {
  const { handle } = await start({
    sendBytes: async () => {
      throw ApplicationFailure.create({ message: 'The disk is full.', type: 'HostProblem', nonRetryable: true })
    },
  })
  expect(await endOf(handle)).toMatchObject({ state: 'rolled_back', message: expect.stringContaining('disk is full') })
  expect(stage.names()).toContain('undoStep')
  expect(stage.names()).not.toContain('removeSource')
})

test('a cancel in the middle of the bytes takes the unfinished file away', async () => {
  const begun = { tell: (): void => undefined }
  const sending = new Promise<void>((resolve) => (begun.tell = resolve))
  const { handle, operationId } = await start({
    sendBytes: async () => {
      begun.tell()
      const { Context } = await import('@temporalio/activity')
      const context = Context.current()
      const beat = setInterval(() => context.heartbeat({ offset: 3, movedAt: 1 }), 100)
      try {
        return await context.cancelled
      } finally {
        clearInterval(beat)
      }
    },
  })
  await sending
  await handle.signal(cancel, { operationId, by: 'ada' })
  expect(await endOf(handle)).toMatchObject({ state: 'cancelled' })
  expect(stage.names().slice(-3)).toEqual(['endRuns', 'undoStep', 'endOperation'])
})

test('a download is one activity, and takes no lock', async () => {
  const { handle } = await start({}, { direction: 'download', path: '/srv/a', asRoot: false })
  expect(await endOf(handle)).toMatchObject({ state: 'succeeded', transfer: { sha256: 'b' } })
  expect(stage.names()).toEqual(['receiveFile', 'endOperation'])
})

test('a directory is compared under the lock, sent as one archive of what differs, and told by its counts', async () => {
  const { handle } = await start({}, { ...directory, direction: 'upload_directory', delete: false, source: stored })
  expect(await endOf(handle)).toMatchObject({
    state: 'succeeded',
    message: '/srv/site on web-1: 2 added, 1 changed, 0 deleted, 9 skipped, 40 bytes.',
    synchronization: outcome,
  })
  expect(stage.names()).toEqual([
    'lockServerIfFree',
    'planSynchronization',
    'applyStep',
    'sendBytes',
    'applyStep',
    'removeSource',
    'endOperation',
  ])
})

test('a directory that is here already is unchanged, and what was told of it is not kept', async () => {
  const { handle } = await start({}, { ...directory, direction: 'download_directory', have: stored })
  expect(await endOf(handle)).toMatchObject({ state: 'unchanged' })
  expect(stage.names()).toEqual(['receiveDirectory', 'removeSource', 'endOperation'])
})
