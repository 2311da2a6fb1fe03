import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { inBatches } from '../../../commands/batches.ts'
import { expectScript } from './script.ts'

const like = { category: 'general' } as const

describe('an act in batches', () => {
  it('is this script for units', () =>
    expectScript(
      inBatches({ kind: 'units', words: ['systemctl', 'stop'], batches: [['a', 'b'], ['c']] }, like),
      'batches-of-units',
    ))

  it('is this script for containers', () =>
    expectScript(
      inBatches({ kind: 'containers', words: ['sudo', 'docker', 'stop', '-t', '5'], batches: [['a'], ['b']] }, like),
      'batches-of-containers',
    ))

  it('has another digest for every other list of names', () => {
    const [one, other] = [['a'], ['b']].map((batch) =>
      inBatches({ kind: 'units', words: ['systemctl', 'stop'], batches: [batch] }, like),
    )
    expect(one?.script).not.toBe(other?.script)
  })

  it('ends at the first command that fails, and says what may have been hit', () => {
    const { script } = inBatches({ kind: 'units', words: ['false'], batches: [['a'], ['b']] }, like)
    const tools = 'systemctl() { return 1; }\n'
    expect(() => execFileSync('sh', ['-c', tools + script], { stdio: 'pipe' })).toThrow(
      /Stopped in batch 1 of 2: its command failed, and some of a may have been hit\. Done: nothing\. Not done: b\./,
    )
  })
})
