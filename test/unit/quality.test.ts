import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const minutes = 60_000

/** Runs a tool of node_modules over the whole checkout; what it finds is the test's message. */
async function expectNoFindings(tool: string, ...args: string[]): Promise<void> {
  const program = join(root, 'node_modules/.bin', tool)
  const found = await new Promise<string | null>((resolve) => {
    execFile(program, args, { cwd: root, maxBuffer: 16_000_000 }, (error, stdout, stderr) =>
      resolve(error === null ? null : `${stdout}${stderr}`.trim() || error.message),
    )
  })
  if (found !== null) expect.fail(found)
}

it('passes the type check', { timeout: 5 * minutes }, () => expectNoFindings('tsc', '--noEmit'))

it('passes the linter', { timeout: 5 * minutes }, () => expectNoFindings('oxlint', '--type-aware'))

it('is formatted', { timeout: 2 * minutes }, () => expectNoFindings('biome', 'format', '--reporter=summary', '.'))
