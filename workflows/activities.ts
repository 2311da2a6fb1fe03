import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'

const finalTypes = [
  'GuardRefused',
  'CommandFailed',
  'OutcomeUnknown',
  'PlanImpossible',
  'PreconditionFailed',
  'StepFailed',
  'HostKeyMismatch',
  'AuthenticationRejected',
]

/** Reads of hosts and of the store: bounded, because asking again costs nothing and never answering helps nobody. */
export const reads = proxyActivities<Activities>({
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '1 hour',
  heartbeatTimeout: '20 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 1.5,
    maximumInterval: '1 minute',
    maximumAttempts: 5,
    nonRetryableErrorTypes: finalTypes,
  },
})

/** Looks at a host that somebody waits for: the first answer counts, also a bad one. */
export const looks = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '20 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { maximumAttempts: 1 },
})

/** Writes of our own records: they must get through, however long PostgreSQL is away. */
export const records = proxyActivities<Activities>({
  startToCloseTimeout: '30 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: {
    initialInterval: '500 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '30 seconds',
    nonRetryableErrorTypes: finalTypes,
  },
})

/**
 * Acts on a server. No schedule-to-close: time without a worker is waited out, and a retry attaches to the run that
 * was started. The limit of each command is enforced on the host, so start-to-close is only the last resort.
 */
export const acts = proxyActivities<Activities>({
  startToCloseTimeout: '25 hours',
  heartbeatTimeout: '10 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 1.5,
    maximumInterval: '30 seconds',
    nonRetryableErrorTypes: finalTypes,
  },
})
