import { randomUUID } from 'node:crypto'
import { afterEach } from 'vitest'
import type { PlannedWork } from '../../activities/plans.ts'
import { SetupSettings } from '../../schema/setup.ts'
import type { SetupInput } from '../../schema/start.ts'
import type { setup } from '../../workflows/setup.ts'
import { ada, type Fakes, openStage, type Stage } from './workflows.ts'

const server = { id: randomUUID(), name: 'web-1' }

export const plan: PlannedWork = {
  id: 'plan-1',
  hash: 'a'.repeat(64),
  verdict: 'allow',
  warnings: [],
  steps: [
    { id: 'user', title: 'Create the user app', undoable: true, alreadySo: false },
    { id: 'keys', title: 'Let one key log in as app', undoable: true, alreadySo: false },
    { id: 'packages', title: 'Install curl', undoable: false, alreadySo: false },
  ],
}

/** What a setup needs when all goes well; a test overrides what it is about. */
const wellBehaved: Fakes = {
  planSetup: async () => plan,
  lockServerIfFree: async () => true,
  lockServer: async () => ({ held: true }),
  unlockServer: async () => undefined,
  applyStep: async () => ({ state: 'applied' }),
  undoStep: async () => ({ state: 'undone' }),
  endRuns: async () => undefined,
  proveLogin: async () => undefined,
  markSetUp: async () => undefined,
  endOperation: async () => undefined,
}

/** One setup a test, on a stage of its own that is closed after it. */
export function setupsOnStage() {
  let stage: Stage
  afterEach(() => stage.close())
  return {
    stage: () => stage,
    start: async (fakes: Fakes, input: Partial<SetupInput> = {}) => {
      stage = await openStage({ ...wellBehaved, ...fakes })
      const operationId = randomUUID()
      const given: SetupInput = {
        operationId,
        requester: ada,
        correlationId: 'test',
        approvalFromTemporal: false,
        server,
        settings: SetupSettings.parse({}),
        onFailure: 'undo',
        ...input,
      }
      const handle = await stage.client.workflow.start<typeof setup>('setup', {
        taskQueue: stage.taskQueue,
        workflowId: `setup/${operationId}`,
        args: [given],
      })
      return { handle, operationId }
    },
  }
}
