import { isCancellation } from '@temporalio/workflow'
import type { OperationResult } from '../schema/operation.ts'
import type { Start } from '../schema/start.ts'
import type { ServerRef } from '../schema/server.ts'
import type { UnitOutcome, UnitScope } from '../schema/unit.ts'
import { looks, records } from './activities.ts'
import type { Done } from './apply.ts'

type Work = Pick<Start, 'operationId'> & {
  readonly server: ServerRef
  readonly service: string
  readonly scope: UnitScope
}

/** Ends an operation on a unit with what the unit is now. */
export async function endWithUnit(work: Work, done: Done): Promise<OperationResult> {
  const result = tell(done, await observe(work))
  await records.endOperation({ operationId: work.operationId, result })
  return result
}

/** What was done is done, also where the host cannot be looked at again. */
async function observe(work: Work): Promise<UnitOutcome | null> {
  try {
    return await looks.observeUnit(work)
  } catch (error) {
    if (isCancellation(error)) throw error
    return null
  }
}

function tell({ applied, unchanged }: Done, unit: UnitOutcome | null): OperationResult {
  const asItIs = unit === null ? 'What it is now could not be seen.' : `${unit.unit} is ${inWords(unit)}.`
  return {
    state: applied === 0 ? 'unchanged' : 'succeeded',
    message: applied === 0 ? `Nothing was needed. ${asItIs}` : asItIs,
    stepsApplied: applied,
    stepsUnchanged: unchanged,
    ...(unit === null ? {} : { service: unit }),
  }
}

const inWords = ({ active, sub, enabled, mainPid, restarts }: UnitOutcome): string =>
  [
    `${active} (${sub})`,
    ...(enabled === '' ? [] : [enabled]),
    ...(mainPid === null ? [] : [`main process ${mainPid}`]),
    ...(restarts === 0 ? [] : [`started again ${restarts} times by systemd`]),
  ].join(', ')
