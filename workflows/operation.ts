import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  setCurrentDetails,
  setHandler,
  upsertMemo,
} from '@temporalio/workflow'
import type { EndState, OperationResult, OperationState, WaitReason } from '../schema/operation.ts'
import type { PlanOutline } from '../schema/plan.ts'
import type { ServerRef } from '../schema/server.ts'
import type { LiveStatus, Message, OnFailure, PendingConfirmation, Start } from '../schema/start.ts'
import { records } from './activities.ts'
import { renderDetails } from './details.ts'
import { throwAsEnd } from './ends.ts'
import * as messages from './messages.ts'
import { recover } from './recover.ts'
import { passSignals } from './signals.ts'

/** What a step left to be taken back, newest last; `isGuarded` where the host itself would bring it back. */
export type Undo = {
  readonly stepId: string
  readonly planId: string
  readonly approvalId: string | null
  readonly isGuarded?: boolean
}

/** The automatic revert that stands on the host: from before it is armed until it is disarmed. */
export type StandingRevert = { readonly planId: string; readonly isArmed: boolean; readonly until: string }

/** The frame of one operation: its messages, its visible state, its end. The work itself is the workflow's own. */
export type Operation = {
  readonly input: Start
  readonly server: ServerRef | null
  readonly onFailure: OnFailure
  readonly inbox: Message[]
  readonly undo: Undo[]
  readonly lock: { held: boolean; freed: boolean }
  revert: StandingRevert | null
  isCancelled(): boolean
  become(state: OperationState, wait?: { reason?: WaitReason; detail?: string }): void
  ask(pending: PendingConfirmation | null): void
  showPlan(outline: PlanOutline): void
  showStep(stepId: string, state: string): void
  /** Runs the work, stores how it ended, and ends the workflow so that Temporal shows the same. */
  run(work: () => Promise<OperationResult | void>): Promise<OperationResult>
}

type Frame = Start & { readonly server: ServerRef | null; readonly onFailure?: OnFailure }

/** Opens the frame: handlers and queries stand before the first await, so that no early message is lost. */
export function openOperation(input: Frame, title: string): Operation {
  const scope = new CancellationScope()
  let live: LiveStatus = {
    operationId: input.operationId,
    state: 'running',
    reason: null,
    detail: null,
    since: new Date().toISOString(),
  }
  let pending: PendingConfirmation | null = null
  let result: OperationResult | null = null
  let outline: PlanOutline | null = null
  const stepStates = new Map<string, string>()

  const operation: Operation = {
    input,
    server: input.server,
    onFailure: input.onFailure ?? 'undo',
    inbox: [],
    undo: [],
    lock: { held: false, freed: false },
    revert: null,
    isCancelled: () => scope.consideredCancelled,
    become(state, wait = {}) {
      live = {
        ...live,
        state,
        reason: wait.reason ?? null,
        detail: wait.detail ?? null,
        since: new Date().toISOString(),
      }
      upsertMemo({ status: live })
      show()
    },
    ask(question) {
      pending = question
      show()
    },
    showPlan(next) {
      outline = next
      show()
    },
    showStep(stepId, state) {
      stepStates.set(stepId, state)
      show()
    },
    async run(work) {
      const ended = await outcome(work)
      result = ended.result
      pending = null
      if (!ended.stored)
        await CancellationScope.nonCancellable(() =>
          records.endOperation({ operationId: input.operationId, result: ended.result }),
        )
      operation.become(ended.result.state)
      await condition(allHandlersFinished)
      return throwAsEnd(ended.result)
    },
  }

  async function outcome(
    work: () => Promise<OperationResult | void>,
  ): Promise<{ result: OperationResult; stored: boolean }> {
    try {
      const given = await scope.run(work)
      return given === undefined ? { result: summary(), stored: false } : { result: given, stored: true }
    } catch (error) {
      return { result: await CancellationScope.nonCancellable(() => recover(operation, error)), stored: false }
    }
  }

  function summary(): OperationResult {
    const states = [...stepStates.values()]
    const applied = states.filter((state) => state === 'applied').length
    const unchanged = states.length - applied
    const state: EndState = applied === 0 ? 'unchanged' : 'succeeded'
    const message =
      applied === 0
        ? `All ${unchanged} steps were already so; nothing was changed.`
        : `${applied} of ${states.length} steps applied, ${unchanged} already so.`
    return { state, message, stepsApplied: applied, stepsUnchanged: unchanged }
  }

  function show(): void {
    const steps = (outline?.steps ?? []).map((step) => ({
      title: step.title,
      state: stepStates.get(step.id) ?? 'pending',
    }))
    setCurrentDetails(
      renderDetails({
        title,
        requester: input.requester.name,
        live,
        steps,
        warnings: outline?.warnings ?? [],
        pending,
        result,
      }),
    )
  }

  /** The question may be stored already and on its way back to us: a person who has read it there is not early. */
  async function somethingAsked(): Promise<void> {
    if (pending === null && !(await condition(() => pending !== null, '2 seconds')))
      throw ApplicationFailure.nonRetryable('Nothing waits for a confirmation here.')
  }

  const isOurs = (message: unknown): boolean => messages.textsOf(message).operationId === input.operationId
  setHandler(messages.confirm, (message) => {
    const { decisionId, phrase } = messages.textsOf(message)
    if (isOurs(message)) operation.inbox.push({ kind: 'confirm', decisionId, phrase })
  })
  setHandler(messages.reject, (message) => {
    const { decisionId, reason } = messages.textsOf(message)
    if (isOurs(message)) operation.inbox.push({ kind: 'reject', decisionId, reason })
  })
  setHandler(messages.cancel, (message) => {
    if (isOurs(message)) scope.cancel()
  })
  passSignals(operation)
  setHandler(messages.lockFreed, () => {
    operation.lock.freed = true
  })
  setHandler(messages.status, () => live)
  setHandler(messages.progress, () => {
    const done = [...stepStates.values()].filter((state) => state !== 'running').length
    const running = outline?.steps.find((step) => stepStates.get(step.id) === 'running')
    return { done, total: outline?.steps.length ?? 0, step: running?.title ?? null }
  })
  setHandler(messages.pendingConfirmation, () => pending)
  setHandler(messages.result, () => result)
  setHandler(
    messages.confirmNow,
    async (message) => {
      await somethingAsked()
      const { answer, decisionId } = await records.decideFromTemporal({
        operationId: input.operationId,
        phrase: messages.textsOf(message).phrase ?? '',
      })
      operation.inbox.push({ kind: 'confirm', decisionId })
      return answer
    },
    {
      validator: (message) => {
        if (!isOurs(message)) throw new Error('This confirmation names another operation.')
        if (!input.approvalFromTemporal)
          throw new Error('Approvals are decided through the API; the setting approval.from_temporal is off.')
      },
    },
  )
  show()
  return operation
}
