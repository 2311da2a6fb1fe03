import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const config = join(root, 'test/support/closing-line/vitest.config.ts')

type Ended = { code: number | null; lines: string[] }

function npmTest(
  files: readonly string[],
  onOutput: (end: () => void, text: string) => void = () => {},
): Promise<Ended> {
  const env = { ...process.env, NO_COLOR: '1', VITEST: undefined, DRYDOCK_TEST_COUNTS: undefined }
  const child = spawn(process.execPath, [join(root, 'bin/test.mjs'), '--config', config, ...files], { env })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    onOutput(() => child.kill('SIGTERM'), text)
  })
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, lines: output.trimEnd().split('\n') }))
  })
}

describe('npm test', { timeout: 60_000 }, () => {
  it.each([
    [['good'], 0, '1 passed, 0 failed, 1 skipped'],
    [['good', 'bad'], 1, '2 passed, 1 failed, 1 skipped'],
    [['good', 'unloadable'], 1, '1 passed, 1 failed, 1 skipped'],
    [['hook'], 1, '0 passed, 1 failed, 1 skipped'],
    [['nothing-of-this-name'], 1, '0 passed, 1 failed'],
  ])('ends for %j with %i and the line "%s"', async (files, code, line) => {
    const ended = await npmTest(files)
    expect({ code: ended.code, last: ended.lines.at(-1) }).toEqual({ code, last: line })
  })

  it('says why a test was skipped', async () => {
    expect((await npmTest(['good'])).lines).toContain('skipped: has no moon: no moon tonight')
  })

  it('ends as failed when it is told to end', async () => {
    const ended = await npmTest(['slow'], (end, text) => {
      if (text.includes('waiting')) end()
    })
    expect(ended).toMatchObject({ code: 1, lines: expect.arrayContaining([expect.stringMatching(/, [1-9] failed/)]) })
  })
})
