import { makeContinueAsNewFunc, sleep, uuid4, workflowInfo } from '@temporalio/workflow'
import type { AuditTold } from '../activities/audits.ts'
import type { OperationResult } from '../schema/operation.ts'
import type { MonitoringInput } from '../schema/start.ts'
import { reads, records } from './activities.ts'
import { runChild } from './children.ts'
import { failureOf } from './ends.ts'
import { openOperation, type Operation } from './operation.ts'

/** Audits a server again and again, sooner while something critical is open, until somebody ends it. */
export async function monitoring(input: MonitoringInput): Promise<OperationResult> {
  const operation = openOperation(input, `Watch over ${input.server.name}`)
  return operation.run(async () => {
    for (let round = 1; ; round += 1) {
      const { message, nextAuditInMs } = await auditAndRepair(operation, input)
      const next = new Date(Date.now() + nextAuditInMs).toISOString()
      operation.become('waiting', { reason: 'schedule', detail: `${message} Next audit at ${next}.` })
      await sleep(nextAuditInMs, { summary: 'Until the next audit' })
      if (round >= mostRounds || workflowInfo().continueAsNewSuggested) await beginAnew(input)
      operation.become('running')
    }
  })
}

/** Of some fourteen events each, so that a history stays short to look at and to replay. */
const mostRounds = 12

/** A new run has only what it is given: without its memo nobody could tell whose operation it is. */
function beginAnew(input: MonitoringInput): Promise<never> {
  const { memo = {}, typedSearchAttributes } = workflowInfo()
  return makeContinueAsNewFunc<typeof monitoring>({ memo, typedSearchAttributes })(input)
}

type Round = { readonly message: string; readonly nextAuditInMs: number }

/** What has drifted is locked down again where that was asked for: once, and told, however it ends. */
async function auditAndRepair(operation: Operation, input: MonitoringInput): Promise<Round> {
  const auditId = uuid4()
  const { message, nextAuditInMs, drift } = await auditOnce(operation, input, auditId)
  const { operationId, server, request, approvalFromTemporal } = input
  if (drift === undefined || request.onDrift !== 'lockdown') return { message, nextAuditInMs }
  operation.become('running', { detail: `${server.name} has drifted (${drift.join(', ')}) and is locked down again.` })
  const end = await runChild(server, () =>
    records.createRepair({ parent: operationId, auditId, server, approvalFromTemporal }),
  )
  return { message: `${message} It had drifted (${drift.join(', ')}). Its lockdown: ${end.message}`, nextAuditInMs }
}

/** A server that cannot be looked at now is looked at again: that is told, and ends nothing. */
async function auditOnce(operation: Operation, input: MonitoringInput, auditId: string): Promise<AuditTold> {
  try {
    return await reads.auditServer({
      operationId: input.operationId,
      auditId,
      server: input.server,
      request: input.request,
    })
  } catch (error) {
    const failure = failureOf(error)
    if (failure === null || failure.type === 'PreconditionFailed' || operation.isCancelled()) throw error
    return { message: `It could not be audited: ${failure.message}`, nextAuditInMs: afterFailureMs }
  }
}

const afterFailureMs = 600_000
