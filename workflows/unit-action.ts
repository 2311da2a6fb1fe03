import { isCancellation } from '@temporalio/workflow'
import type { OperationResult } from '../schema/operation.ts'
import type { UnitActionInput } from '../schema/start.ts'
import { actionTitle, type UnitOutcome } from '../schema/unit.ts'
import { looks, reads, records } from './activities.ts'
import { lockAndApply } from './apply.ts'
import { openOperation } from './operation.ts'

/** Does one thing to a unit of systemd and waits for the state that is wanted; tells in which it is then. */
export async function unitAction(input: UnitActionInput): Promise<OperationResult> {
  const { operationId, server, settings } = input
  const title = actionTitle(settings, server.name)
  const operation = openOperation(input, title)
  const planUnitAction = (previous?: { id: string; hash: string }) =>
    reads.planUnitAction({ operationId, server, settings, previous })

  return operation.run(async () => {
    const plan = await planUnitAction()
    const done = await lockAndApply(operation, server, title, plan, planUnitAction)
    const result = tell(done, await observe(input))
    await records.endOperation({ operationId, result })
    return result
  })
}

/** What was done is done, also where the host cannot be looked at again. */
async function observe({ operationId, server, settings }: UnitActionInput): Promise<UnitOutcome | null> {
  try {
    return await looks.observeUnit({ operationId, server, settings })
  } catch (error) {
    if (isCancellation(error)) throw error
    return null
  }
}

function tell(
  { applied, unchanged }: { applied: number; unchanged: number },
  unit: UnitOutcome | null,
): OperationResult {
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
