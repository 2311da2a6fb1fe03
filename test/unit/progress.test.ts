import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { timed } from '../../schema/progress.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const wait = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms))

function burn(): never {
  throw new Error('burnt')
}

async function linesOf(ms: number, end: () => void = () => {}): Promise<string[]> {
  const lines: string[] = []
  const work = timed({ title: 'Baking', say: (line) => lines.push(line) }, async (note) => {
    note('kneading')
    await wait(ms)
    end()
  }).catch(() => lines.push('failed'))
  await vi.advanceTimersByTimeAsync(60_000)
  await work
  return lines
}

it('is silent about what takes less than two seconds', async () => {
  expect(await linesOf(1_900)).toEqual([])
})

it('says what takes longer, how long it has taken, and when it is done', async () => {
  expect(await linesOf(23_000)).toEqual([
    'Baking ...',
    'Baking: 12 s, kneading',
    'Baking: 22 s, kneading',
    'Baking: done in 23 s',
  ])
})

it('does not call a failure done, and says nothing after it', async () => {
  expect(await linesOf(3_000, burn)).toEqual(['Baking ...', 'failed'])
})
