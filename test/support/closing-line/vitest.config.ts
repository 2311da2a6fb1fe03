import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** A run of its own, for the test of `npm test` itself. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.fixture.ts'],
    reporters: ['default', join(import.meta.dirname, '../counts.ts')],
  },
})
