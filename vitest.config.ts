import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** One folder under test/ is one project; `needs` names what test/support/global-setup.ts starts for it. */
const tier = (name: string, options: { testTimeout?: number; hookTimeout?: number; isolate?: boolean } = {}) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    globalSetup: name === 'unit' ? [] : ['test/support/global-setup.ts'],
    retry: 0,
    ...options,
  },
})

export default defineConfig({
  test: {
    // Native parts (Temporal's core, ssh2) and child processes belong to a process, so test files get one each, but where that is said.
    pool: 'forks',
    maxWorkers: Math.max(1, Math.min(4, availableParallelism())),
    reporters: ['default', 'test/support/counts.ts'],
    projects: [
      // Nothing of one file stays for the next: one process runs many, which spares loading: half a second of the
      // processor's time a file of unit, two of api.
      // Some derive keys or start interpreters, which takes seconds where other things run beside them.
      tier('unit', { testTimeout: 20_000, isolate: false }),
      tier('api', { testTimeout: 20_000, hookTimeout: 60_000, isolate: false }),
      tier('workflow', { testTimeout: 60_000, hookTimeout: 120_000 }),
      tier('lab', { testTimeout: 120_000, hookTimeout: 300_000 }),
    ],
  },
})
