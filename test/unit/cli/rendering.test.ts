import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { clockOf } from '../../../cli/local/checks/database.ts'
import { checkAgent, checkHome, checkKeyFile } from '../../../cli/local/checks/files.ts'
import { checkNode } from '../../../cli/local/checks/machine.ts'
import { palette, wantsColour } from '../../../cli/colour.ts'
import { diffLines } from '../../../cli/diff.ts'
import { shortDuration } from '../../../cli/durations.ts'
import { stepLine, waitingFor } from '../../../cli/narrate.ts'
import { createStatusLine } from '../../../cli/status-line.ts'
import { tableLines } from '../../../cli/table.ts'
import { StepState, WaitReason } from '../../../schema/operation.ts'

const plain = palette(false)

describe('a step as a line', () => {
  const lines: Record<StepState, string> = {
    pending: '· Make it',
    running: '… Make it (running, 1.5 s)',
    applied: '✓ Make it (1.5 s)',
    unchanged: '= Make it (already so, 1.5 s)',
    failed: '✗ Make it (failed, 1.5 s)\n    why\n    and where',
    undone: '↺ Make it (undone, 1.5 s)',
    undo_failed: '✗ Make it (could not be undone, 1.5 s)',
    unknown: '? Make it (outcome unknown, 1.5 s)',
    skipped: '- Make it (skipped, 1.5 s)',
  }
  test.each(StepState.options)('%s', (state) => {
    const because = state === 'failed' ? 'why\nand where' : null
    expect(stepLine({ title: 'Make it', state, because, durationMs: state === 'pending' ? null : 1_500 }, plain)).toBe(
      lines[state],
    )
  })
})

test.each(WaitReason.options)('waiting for %s is a sentence with its detail', (reason) => {
  expect(waitingFor(reason, 'setup of web-1')).toMatch(/^waits for .+: setup of web-1$/)
})

test.each([
  [840, '840 ms'],
  [12_340, '12.3 s'],
  [245_000, '4 min 5 s'],
  [7_380_000, '2 h 3 min'],
])('%i ms is %s', (ms, text) => {
  expect(shortDuration(ms)).toBe(text)
})

describe('a diff', () => {
  test('of a new file starts from /dev/null and says mode and owner', () => {
    expect(diffLines({ path: '/etc/x', before: null, after: 'a\n', mode: '440', owner: 'root' }, plain)).toEqual([
      '--- /dev/null',
      '+++ /etc/x  (mode 440, owner root)',
      '@@ -0,0 +1,1 @@',
      '+a',
    ])
  })

  test('colours what goes and what comes', () => {
    const lines = diffLines({ path: '/x', before: 'a\nb\n', after: 'a\nc\n' }, palette(true))
    expect(lines).toContain('\u001b[31m-b\u001b[39m')
    expect(lines).toContain('\u001b[32m+c\u001b[39m')
  })

  test("does not let a host's file steer the terminal", () => {
    const shown = diffLines({ path: '/x', before: null, after: 'a\u001b[2Jb\u009b\r\n' }, plain).join('')
    for (const control of ['\u001b', '\u009b', '\r']) expect(shown).not.toContain(control)
  })
})

test('NO_COLOR wins over everything, FORCE_COLOR over the terminal', () => {
  expect(wantsColour({ env: { NO_COLOR: '1', FORCE_COLOR: '1' }, isTerminal: true })).toBe(false)
  expect(wantsColour({ env: { FORCE_COLOR: '1' }, isTerminal: false })).toBe(true)
  expect(wantsColour({ env: { TERM: 'dumb' }, isTerminal: true })).toBe(false)
  expect(wantsColour({ env: {}, isTerminal: true })).toBe(true)
})

test('a table is padded by what is seen, not by colour codes', () => {
  const [, first, second] = tableLines(
    ['A', 'B'],
    [
      [palette(true).red('x'), '1'],
      ['yyy', '2'],
    ],
  )
  expect(stripVTControlCharacters(first ?? '')).toBe('x    1')
  expect(second).toBe('yyy  2')
})

test('the status line hides while a command writes in the middle of a line', () => {
  let written = ''
  const status = createStatusLine({ columns: 20, write: (chunk) => (written += String(chunk)) !== '' }, true)
  status.show('a text that is longer than the terminal')
  expect(written).toBe('\r\u001b[2Ka text that is lon…')
  status.above(() => (written = 'half'), false)
  status.show('busy')
  expect(written).toBe('half')
  status.above(() => (written += ' line\n'))
  status.show('busy')
  expect(written).toBe('half line\n\r\u001b[2Kbusy')
})

describe('the doctor', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-doctor-'))
  const key = join(folder, 'key')
  writeFileSync(key, 'x')

  test('says what to do about a key that others may read, and is content once it is closed', async () => {
    chmodSync(key, 0o644)
    expect(await checkKeyFile(key)).toMatchObject({ state: 'failed', advice: `Run \`chmod 600 ${key}\`.` })
    chmodSync(key, 0o600)
    expect(await checkKeyFile(key)).toMatchObject({ state: 'ok' })
    expect(await checkKeyFile(join(folder, 'none'))).toMatchObject({ state: 'failed' })
  })

  test('knows an old Node.js, a clock that is off, an agent that is gone and a folder that cannot be made', async () => {
    expect(checkNode('20.18.9')).toMatchObject({ state: 'failed' })
    expect(checkNode('22.1.0')).toMatchObject({ state: 'ok' })
    expect(clockOf(5_000)).toMatchObject({ state: 'failed', detail: '5000 ms behind the database' })
    expect(clockOf(-20)).toMatchObject({ state: 'ok' })
    expect(await checkAgent(join(folder, 'agent'))).toMatchObject({ state: 'warning' })
    expect(await checkHome(join(key, 'below-a-file'))).toMatchObject({ state: 'failed' })
    expect(await checkHome(join(folder, 'new'))).toMatchObject({ state: 'ok' })
  })
})
