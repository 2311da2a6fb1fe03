import { armStep } from '../schema/plan.ts'
import { acts } from './activities.ts'
import { hearRestoration, restoreNow, standDown } from './auto-revert.ts'
import { failureOf } from './ends.ts'
import type { Operation, Undo } from './operation.ts'

/** How far what was done has been taken back; `byHost` is a sentence where the host has restored itself. */
export type TakenBack = {
  readonly count: number
  readonly failed: string | null
  readonly message: string
  readonly isUnknown: boolean
  readonly byHost: string
  readonly left: readonly Undo[]
}

/** Takes back what was done, newest first, and has the last word of a host that may restore itself. */
export async function takeBack(operation: Operation): Promise<TakenBack> {
  const taken = await undoSteps(operation, operation.undo)
  if (operation.revert === null) return taken
  if (taken.failed === null) await standDown(operation)
  else await restoreNow(operation)
  return hearHost(operation, taken)
}

/** Where nobody can tell what became of a step: first the host restores itself, then the rest is taken back. */
export const takeBackAfterRestoration = (operation: Operation): Promise<TakenBack> =>
  hearHost(operation, {
    ...nothingYet,
    failed: armStep,
    message: 'the host did not restore itself.',
    isUnknown: true,
    left: operation.undo,
  })

const nothingYet: TakenBack = { count: 0, failed: null, message: '', isUnknown: false, byHost: '', left: [] }

/** Goes on after a failure: each step that can be taken back is, as long as the host can be reached. */
async function undoSteps(operation: Operation, undo: readonly Undo[]): Promise<TakenBack> {
  const taken: { count: number; failed: string | null; message: string } = { count: 0, failed: null, message: '' }
  const left = new Set(undo)
  for (const one of undo.toReversed()) {
    const { stepId, planId, approvalId } = one
    operation.showStep(stepId, 'running')
    try {
      const answer = await acts.undoStep.executeWithOptions({ summary: `Take back: ${stepId}` }, [
        { operationId: operation.input.operationId, planId, stepId, approvalId },
      ])
      operation.showStep(stepId, answer.state)
      left.delete(one)
      if (answer.state === 'undone') taken.count += 1
    } catch (error) {
      const failure = failureOf(error)
      if (failure === null) throw error
      operation.showStep(stepId, 'undo_failed')
      taken.failed ??= stepId
      taken.message ||= failure.message
      if (failure.type === 'HostUnreachable') break
      // Each further log-in in vain would make sshd, or fail2ban, shut us out for longer.
      if (failure.type === 'AuthenticationRejected' && operation.revert !== null) break
    }
  }
  return { ...nothingYet, ...taken, left: [...left] }
}

/** What the host has restored needs no undo of ours any more; what stood outside of that is taken back now. */
async function hearHost(operation: Operation, taken: TakenBack): Promise<TakenBack> {
  try {
    const news = await hearRestoration(operation)
    if (news?.state !== 'restored') return taken
    const byHost = ` ${operation.server?.name ?? 'The host'} restored itself at ${news.restoredAt}.`
    if (news.problems > 0)
      return { ...taken, failed: armStep, message: `${byHost} Not all is as it was: ${news.log}`, isUnknown: false }
    const rest = await undoSteps(
      operation,
      taken.left.filter(({ isGuarded }) => !isGuarded),
    )
    return { ...rest, count: taken.count + rest.count, byHost }
  } catch (error) {
    const failure = failureOf(error)
    if (failure === null) throw error
    return { ...taken, failed: taken.failed ?? armStep, message: failure.message, isUnknown: true }
  }
}
