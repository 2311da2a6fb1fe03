import { describe, expect, test } from 'vitest'
import { createOutputMask } from '../../../activities/masked-output.ts'

/** What is stored when a text comes in pieces of these sizes; offsets must follow each other without a gap. */
function stored(text: string, secrets: readonly string[], sizes: readonly number[]): string {
  const mask = createOutputMask(secrets)
  const bytes = Buffer.from(text)
  const kept: Buffer[] = []
  let at = 0
  const keep = (chunks: ReturnType<typeof mask.rest>) => {
    for (const chunk of chunks) {
      expect(chunk.offset).toBe(Buffer.concat(kept).length)
      kept.push(Buffer.from(chunk.bytes))
    }
  }
  for (const size of [...sizes, bytes.length]) {
    keep(mask.pass([{ stream: 'stdout', offset: at, bytes: bytes.subarray(at, at + size) }]))
    at = Math.min(at + size, bytes.length)
  }
  keep(mask.rest())
  return Buffer.concat(kept).toString()
}

describe('the mask over output', () => {
  test.each([
    ['a value', 'key=hunter22!', ['hunter22'], 'key=********!'],
    ['a value twice, end to end', 'hunter22hunter22', ['hunter22'], '****************'],
    ['overlapping occurrences', 'abcabcabcabc', ['abcabc'], '************'],
    ['a value within a value', 'hunter22-long', ['hunter22', 'hunter22-long'], '*************'],
    ['each long line of a value', 'x second-line y', ['first-line\nsecond-line\nshort'], 'x *********** y'],
    ['bytes beyond ASCII', 'grüße-42 ok', ['grüße-42'], '********** ok'],
    ['no value that is too short to be told from words', 'a cat sat', ['cat'], 'a cat sat'],
    ['no beginning of a value that another end follows', 'hunter23 hunter', ['hunter22'], 'hunter23 hunter'],
  ])('hides %s, wherever the pieces are cut', (_, text, secrets, expected) => {
    for (let first = 0; first <= text.length; first += 1)
      for (let second = 0; second <= 3; second += 1) expect(stored(text, secrets, [first, second])).toBe(expected)
    expect(
      stored(
        text,
        secrets,
        Array.from({ length: text.length + 9 }, () => 1),
      ),
    ).toBe(expected)
  })

  test('keeps the streams apart', () => {
    const mask = createOutputMask(['hunter22'])
    expect(mask.pass([piece('stdout', 'hunter'), piece('stderr', '22')])).toEqual([piece('stderr', '22')].map(plain))
    expect(mask.rest()).toEqual([plain(piece('stdout', 'hunter'))])
  })

  test('lets everything pass at once where there is nothing to hide', () => {
    const chunk = { stream: 'stdout' as const, offset: 7, bytes: Buffer.from('hunter22') }
    expect(createOutputMask(['', 'cat']).pass([chunk])).toEqual([chunk])
  })
})

const piece = (stream: 'stdout' | 'stderr', text: string) => ({ stream, offset: 0, bytes: Buffer.from(text) })
const plain = <T extends { bytes: Uint8Array }>(chunk: T) => ({ ...chunk, bytes: Uint8Array.from(chunk.bytes) })
