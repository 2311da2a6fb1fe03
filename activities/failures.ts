import { Context } from '@temporalio/activity'
import { ApplicationFailure, CancelledFailure } from '@temporalio/common'
import { explain } from '../schema/explain.ts'
import { problemPolicy, retryDelayMs } from '../schema/problem-policy.ts'
import type { ErrorCode, ErrorType, Problem } from '../schema/problem.ts'
import { SshError } from '../ssh/index.ts'

type Where = {
  readonly server: { readonly name: string; readonly hostname?: string; readonly port?: number }
  readonly doing: string
}

/** The failure types that Temporal sees, named for the situation. */
const failureTypes: Partial<Record<ErrorType, string>> = {
  authentication_failed: 'AuthenticationRejected',
  key_not_found: 'AuthenticationRejected',
  passphrase_required: 'AuthenticationRejected',
  host_key_mismatch: 'HostKeyMismatch',
  host_unreachable: 'HostUnreachable',
  connection_refused: 'HostUnreachable',
  connection_timeout: 'HostUnreachable',
  connection_lost: 'HostUnreachable',
  dns_resolution_failed: 'HostUnreachable',
}

/** A run that may be under way, and from when on it counts as lost if its host stays out of reach. */
export type UnderWay = { readonly title: string; readonly lostAt: number }

/**
 * A failure of ssh/ as Temporal retries it: by the table of spec ERR-1. With a run under way giving up would leave its
 * outcome open, so it is tried until the run counts as lost; then nobody can tell, and the operation must not stay
 * "running" for ever. `patientUntil` is for what must not be given up while a host boots.
 */
export function asFailure(error: unknown, where: Where, underWay: UnderWay | null = null, patientUntil = 0): unknown {
  if (!(error instanceof SshError)) return error
  const policy = problemPolicy[error.type]
  const { attempt } = Context.current().info
  if (underWay !== null && (policy.maxRetries === 0 || Date.now() > underWay.lostAt))
    return outcomeUnknown(underWay.title, where.server.name, `${error.because}.`)
  const problem = explain({ type: error.type, doing: where.doing, host: where.server, because: error.because })
  return failure(problem, failureTypes[error.type] ?? 'HostProblem', {
    retryable:
      underWay !== null || attempt <= policy.maxRetries || (policy.maxRetries > 0 && Date.now() < patientUntil),
    delayMs: retryDelayMs(error.type, Math.min(attempt, 8)),
    cause: error,
  })
}

function failure(
  problem: Problem,
  type: string,
  o: { retryable?: boolean; delayMs?: number; cause?: Error } = {},
): ApplicationFailure {
  return ApplicationFailure.create({
    message: problem.message,
    type,
    nonRetryable: o.retryable !== true,
    details: [problem],
    ...(o.delayMs === undefined || o.delayMs === 0 ? {} : { nextRetryDelay: o.delayMs }),
    ...(o.cause === undefined ? {} : { cause: o.cause }),
  })
}

const problem = (
  type: ErrorType,
  code: ErrorCode,
  message: string,
  suggestions: string[],
  details: string | null = null,
): Problem => ({
  type,
  code,
  severity: problemPolicy[type].severity,
  message,
  details,
  suggestions,
  retryable: false,
})

export const guardRefused = (because: string): ApplicationFailure =>
  failure(
    problem('permission_denied', 'DESTRUCTIVE_ACTION_BLOCKED', `The guard refused: ${because}`, [
      'Start the operation anew, so that what would run is what is approved.',
    ]),
    'GuardRefused',
  )

export const credentialFailure = (message: string, next: string): ApplicationFailure =>
  failure(problem('key_not_found', 'AUTH_FAILED', `${message} ${next}`, [next]), 'AuthenticationRejected')

export const preconditionFailed = (message: string, next: string): ApplicationFailure =>
  failure(problem('unknown', 'PRECONDITION_FAILED', `${message} ${next}`, [next]), 'PreconditionFailed')

export const serverGone = (id: string): ApplicationFailure =>
  preconditionFailed(`There is no server ${id} in the registry any more.`, 'Register it again.')

export const planImpossible = (
  server: string,
  problems: readonly string[],
  code: ErrorCode = 'PRECONDITION_FAILED',
): ApplicationFailure =>
  failure(
    problem(
      'unknown',
      code,
      `Nothing was changed on ${server}: ${problems.join(' ')}`,
      ['Mend what is named, then start again.'],
      problems.join('\n'),
    ),
    'PlanImpossible',
  )

/** Looked at before anything is changed, and found wanting: the operation ends `refused`. */
export const refusedBeforeChange = (
  server: string,
  because: string,
  next: string,
  code: ErrorCode = 'PRECONDITION_FAILED',
): ApplicationFailure =>
  failure(problem('permission_denied', code, `Nothing was changed on ${server}: ${because}`, [next]), 'Refused')

/** A command ended with a status that its step does not allow. The last lines of its output say why. */
export const commandFailed = (o: {
  title: string
  server: string
  type: ErrorType
  because: string
  tail: string
  code?: ErrorCode
}): ApplicationFailure => {
  const policy = problemPolicy[o.type]
  return failure(
    {
      ...problem(
        o.type,
        o.code ?? 'COMMAND_FAILED',
        `"${o.title}" failed on ${o.server}: ${o.because}`,
        [...policy.suggestions],
        o.tail === '' ? null : o.tail,
      ),
      retryable: policy.maxRetries > 0,
    },
    'CommandFailed',
  )
}

/** Nobody can tell how far a command came, but it runs no more: what its operation has done can be taken back. */
export const cutOff = (title: string, server: string, because: string): ApplicationFailure =>
  failure(
    {
      ...problem('connection_lost', 'COMMAND_FAILED', `"${title}" was cut off on ${server}: ${because}`, [
        'Look why the host went down, then start again.',
      ]),
      retryable: true,
    },
    'CommandFailed',
  )

export const outcomeUnknown = (title: string, server: string, because: string): ApplicationFailure =>
  failure(
    problem(
      'connection_lost',
      'OUTCOME_UNKNOWN',
      `Nobody can tell whether "${title}" ran on ${server}: ${because} Nothing was taken back. Look at the server, then resume the operation.`,
      ['Look at the server before you start anything else on it.'],
    ),
    'OutcomeUnknown',
  )

/** After the signal fired: a true cancel request ends the activity as cancelled; shutdown and the like make it try again elsewhere. */
export function detached(): Error {
  const details = Context.current().cancellationDetails
  if (details?.cancelRequested) return new CancelledFailure('cancelled on request')
  return ApplicationFailure.create({
    message: 'The worker let go of the run, which goes on; another attempt attaches to it.',
    type: 'Detached',
    nextRetryDelay: 200,
  })
}

/** The end of an output, as a failure tells it. */
export const lastLines = (text: string, count = 20): string =>
  text.trimEnd().split('\n').slice(-count).join('\n').trim()
