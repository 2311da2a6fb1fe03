import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { DecisionAnswer } from '../schema/approval.ts'
import type { OperationResult } from '../schema/operation.ts'
import type {
  Cancel,
  Confirm,
  LiveProgress,
  LiveStatus,
  Meeting,
  PendingConfirmation,
  Reject,
  SendSignal,
} from '../schema/start.ts'

export const confirm = defineSignal<[Confirm]>('confirm')
export const reject = defineSignal<[Reject]>('reject')
export const cancel = defineSignal<[Cancel]>('cancel')
/** For the processes of the running command. */
export const sendSignal = defineSignal<[SendSignal]>('sendSignal')
/** The server lock may have come free: ask again now. */
export const lockFreed = defineSignal('lockFreed')

/** From one of several servers to its parent: it is ready for what all do at the same time. */
export const arrived = defineSignal<[Meeting]>('arrived')
/** The parent's answer: all are. */
export const proceed = defineSignal<[Meeting]>('proceed')

/** `confirm` as an update answers at once whether the phrase was right; it counts only where `approval.from_temporal` is on. */
export const confirmNow = defineUpdate<DecisionAnswer, [Confirm]>('confirm')

export const status = defineQuery<LiveStatus>('status')
export const progress = defineQuery<LiveProgress>('progress')
export const pendingConfirmation = defineQuery<PendingConfirmation | null>('pendingConfirmation')
export const result = defineQuery<OperationResult | null>('result')

/**
 * What of a message may be believed: its texts. Whoever reaches Temporal may send anything, and what throws in a handler
 * keeps the whole workflow from going on.
 */
export function textsOf(message: unknown): Readonly<Record<string, string>> {
  if (typeof message !== 'object' || message === null) return {}
  return Object.fromEntries(Object.entries(message).filter(isText))
}

const isText = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string'
