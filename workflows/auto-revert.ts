import type { RevertNews } from '../activities/auto-revert.ts'
import type { PlannedWork } from '../activities/plans.ts'
import type { StepAnswer } from '../activities/steps.ts'
import { armStep } from '../schema/plan.ts'
import { acts, looks } from './activities.ts'
import { failureOf } from './ends.ts'
import type { Operation } from './operation.ts'

/** From now on the host may restore itself: whatever fails, it is asked before anything is said. */
export function expectRevert(operation: Operation, plan: PlannedWork): void {
  const until = new Date(Date.now() + (plan.revertAfterMs ?? 0)).toISOString()
  operation.revert = { planId: plan.id, isArmed: false, until }
}

/** Where nothing was to be done nothing was armed. Else people see until when the host waits. */
export async function showArmed(operation: Operation, state: StepAnswer['state']): Promise<void> {
  if (operation.revert === null || operation.server === null) return
  if (state === 'unchanged') {
    operation.revert = null
    return
  }
  const { restoresAt } = await acts.readAutoRevert(at(operation))
  operation.revert = { ...operation.revert, isArmed: true, until: restoresAt }
  const detail = `${operation.server.name} restores itself at ${restoresAt} unless a new log-in is proved before.`
  operation.become('running', { detail })
}

/** A fresh log-in through the new rules, that uses sudo: the only thing that may disarm. */
export async function proveWhileArmed(operation: Operation): Promise<void> {
  if (operation.revert === null) return
  const summary = 'Log in anew through the new rules, and use sudo'
  await acts.proveAccess.executeWithOptions({ summary }, [{ ...at(operation), until: operation.revert.until }])
}

export function noteDisarmed(operation: Operation): void {
  if (operation.revert === null) return
  operation.revert = null
  operation.become('running')
}

/** After all that was done has been taken back: proves the way in and disarms. False where the host must do it. */
export async function standDown(operation: Operation): Promise<boolean> {
  if (operation.revert === null) return true
  const { planId } = operation.revert
  try {
    await proveWhileArmed(operation)
    operation.showStep(armStep, 'running')
    const work = { operationId: operation.input.operationId, planId, stepId: armStep }
    const { state } = await acts.undoStep.executeWithOptions({ summary: 'Disarm the automatic revert' }, [work])
    operation.showStep(armStep, state)
    return true
  } catch (error) {
    if (failureOf(error) === null) throw error
    return false
  }
}

/** Where we could not take everything back, the host need not wait for its time. Out of reach, it does all the same. */
export async function restoreNow(operation: Operation): Promise<void> {
  if (operation.revert === null) return
  const { planId } = operation.revert
  try {
    await looks.restoreNow({ ...at(operation), planId })
  } catch (error) {
    if (failureOf(error) === null) throw error
  }
}

/** What the host says in the end; while its revert is armed, it is waited for. */
export async function hearRestoration(operation: Operation): Promise<RevertNews | null> {
  if (operation.revert === null) return null
  const { until } = operation.revert
  if (operation.revert.isArmed)
    operation.become('waiting', {
      reason: 'host',
      detail: `The host restores itself at ${until}; that is waited for.`,
    })
  const news = await acts.awaitRestoration.executeWithOptions({ summary: 'Ask what became of the automatic revert' }, [
    { ...at(operation), until },
  ])
  operation.become('running')
  return news
}

function at(operation: Operation): { operationId: string; server: NonNullable<Operation['server']> } {
  if (operation.server === null) throw new TypeError('an automatic revert is on a server')
  return { operationId: operation.input.operationId, server: operation.server }
}
