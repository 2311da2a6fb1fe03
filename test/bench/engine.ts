import type { Bare } from './bare/bare.ts'
import { makeDirectory } from '../../commands/directory.ts'
import { eventTimes } from './history.ts'
import { type Figures, inTurns, whole } from './measure.ts'
import { begin, decisionFor, follow, mustSucceed, settled } from './operations.ts'
import type { Product } from './product.ts'

/** Both ways to a host: the product, and bare workflows on the same Temporal server. */
export type Engines = { readonly product: Product; readonly bare: Bare; readonly server: string }

const harmless = 'true'

/** A guarded command from the request to its result in the answer, against a workflow of one activity. */
export const guardedCommand = ({ product, bare, server }: Engines): Promise<Figures> =>
  inTurns({
    async ours() {
      const begun = performance.now()
      const operation = await begin(product, `/v1/servers/${server}/commands`, { command: harmless }, 10)
      const tookMs = performance.now() - begun
      await mustSucceed(product, operation)
      await settled(product, operation)
      return tookMs
    },
    reference: whole(() => bare.run([harmless])),
    rounds: 60,
    warmUp: 10,
  })

/** From the decision of a person to the end of the command that waited for it, against a signal and one activity. */
export const approval = ({ product, bare, server }: Engines): Promise<Figures> => {
  let turn = 0
  // There is nothing at that path: what is measured is the way, not the removal.
  const destructive = () => `rm -rf /srv/drydock-bench-${turn++}`
  return inTurns({
    async ours() {
      const operation = await begin(product, `/v1/servers/${server}/commands`, { command: destructive() })
      const decision = await decisionFor(product, operation)
      const { end } = await follow(product, operation)
      await untilIdle(product, operation.workflow_id)
      const begun = performance.now()
      const { status, body } = await product.ask('POST', `/v1/operations/${operation.id}/approval`, decision)
      if (status !== 200) throw new Error(`the approval answered ${status}: ${JSON.stringify(body)}`)
      const state = await end
      const tookMs = performance.now() - begun
      await mustSucceed(product, { ...operation, state })
      await settled(product, operation)
      return tookMs
    },
    async reference() {
      const workflow = await bare.startAfterSignal([destructive()])
      const end = workflow.result()
      await untilIdle(product, workflow.workflowId)
      const begun = performance.now()
      await workflow.signal('go')
      await end
      return performance.now() - begun
    },
    rounds: 30,
    warmUp: 5,
  })
}

/** Workflow and worker have nothing to do any more but to wait for a person. */
async function untilIdle({ temporal }: Product, workflowId: string): Promise<void> {
  for (;;) {
    const { raw, historyLength } = await temporal.workflow.getHandle(workflowId).describe()
    if (!raw.pendingWorkflowTask && (raw.pendingActivities ?? []).length === 0 && historyLength > 3) return
  }
}

/**
 * One step of a setup that changes the host (looked at, applied as a durable run, verified, recorded), from being
 * scheduled to the next one being scheduled, against an activity that types the same apply.
 */
export const appliedStep = ({ product, bare, server }: Engines): Promise<Figures> => {
  let turn = 0
  const pathOf = () => `/opt/drydock-bench-${turn++}`
  return inTurns({
    async ours() {
      const operation = await begin(product, `/v1/servers/${server}/setups`, settings(pathOf()), 30)
      await mustSucceed(product, operation)
      await settled(product, operation)
      const times = await eventTimes(product, operation.workflow_id)
      return times.activity((summary) => summary.startsWith('Make '))
    },
    async reference() {
      const workflow = await bare.start([apply(pathOf()), apply(pathOf()), apply(pathOf())])
      await workflow.result()
      const times = await eventTimes(product, workflow.workflowId)
      return times.nth(1)
    },
    rounds: 15,
    warmUp: 2,
  })
}

/** Nothing but the user and one directory. */
const settings = (path: string) => ({
  user: { groups: [] },
  packages: [],
  directories: [{ path, owner: 'root', group: 'root' }],
  sudo: { kind: 'none' },
})

const apply = (path: string) =>
  makeDirectory(
    { path, mode: '755', owner: 'root', group: 'root', reach: 'self' },
    { operationId: 'bench', item: path.slice('/opt/'.length) },
  ).script
