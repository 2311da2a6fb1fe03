import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node'

/**
 * Counts what a run did for the closing line of `npm test`, which is printed after everything else has been. Whatever
 * kept tests from running (a file that does not load, a hook that fails, an error outside any test) counts as failed.
 */
export default class Counts implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[], reason: TestRunEndReason): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const groups = modules.flatMap((module) => [module, ...module.children.allSuites()])
    const skipped = tests.filter((test) => test.result().state === 'skipped')
    const broken = groups.filter((group) => group.errors().length > 0).length + unhandled.length
    const counts = {
      passed: tests.filter((test) => test.result().state === 'passed').length,
      // A test that is still pending when the run is over never came to its end.
      failed: tests.filter((test) => ['failed', 'pending'].includes(test.result().state)).length + broken,
      skipped: skipped.length,
      reason,
    }
    for (const test of skipped) console.log(`skipped: ${test.fullName}: ${whySkipped(test)}`)
    const file = process.env.DRYDOCK_TEST_COUNTS
    if (file) writeFileSync(file, JSON.stringify(counts))
  }
}

type Skipped = ReturnType<TestModule['children']['allTests']> extends Iterable<infer T> ? T : never

function whySkipped(test: Skipped): string {
  const result = test.result()
  if (result.state === 'skipped' && result.note) return result.note
  const noLab = test.project.name === 'lab' ? process.env.DRYDOCK_TEST_NO_LAB : undefined
  return noLab ?? 'no reason given'
}
