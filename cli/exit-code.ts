import type { OperationState } from '../schema/operation.ts'

/** What the process answers its caller with; they never change meaning. */
export const exitCode = { done: 0, failed: 1, usage: 2, refused: 3, unknown: 4, interrupted: 130 } as const
export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

/** The exit code for an operation in a state: its end, or how far it was when we stopped looking. */
export function exitCodeOf(state: OperationState): ExitCode {
  switch (state) {
    case 'succeeded':
    case 'unchanged':
    case 'waiting':
    case 'running':
      return exitCode.done
    case 'failed':
    case 'rolled_back':
    case 'rollback_failed':
    case 'cancelled':
      return exitCode.failed
    case 'refused':
    case 'awaiting_approval':
      return exitCode.refused
    case 'unknown':
      return exitCode.unknown
    default:
      return state satisfies never
  }
}
