import { expect, test } from 'vitest'
import { exitCodeOf } from '../../../cli/exit-code.ts'
import { OperationState } from '../../../schema/operation.ts'

const expected: Record<OperationState, number> = {
  waiting: 0,
  running: 0,
  awaiting_approval: 3,
  succeeded: 0,
  unchanged: 0,
  failed: 1,
  rolled_back: 1,
  rollback_failed: 1,
  cancelled: 1,
  refused: 3,
  unknown: 4,
}

test.each(OperationState.options)('an operation that is %s has its exit code', (state) => {
  expect(exitCodeOf(state)).toBe(expected[state])
})
