import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createSplitter } from '../../../ssh/splitter.ts'

const nonce = 'a1b2'
const split = (stream: Buffer, size: number) => {
  const splitter = createSplitter(nonce)
  const bytes: Buffer[] = []
  const said: string[] = []
  for (let at = 0; at < stream.length; at += size) {
    for (const piece of splitter.push(stream.subarray(at, at + size))) {
      if (piece.kind === 'bytes') bytes.push(piece.bytes)
      else said.push(piece.line)
    }
  }
  return { output: Buffer.concat([...bytes, splitter.rest()]), said, preamble: splitter.preamble() }
}

describe('the splitter', () => {
  test.each([1, 2, 3, 5, 7, 64, 10_000])('finds the marks however the stream is cut (%i bytes at a time)', (size) => {
    const random = randomBytes(3000)
    const stream = Buffer.concat([
      Buffer.from('motd\na1b'),
      Buffer.from(`${nonce}:begin\n`),
      random,
      Buffer.from(`a1b${nonce}:tick\n`),
      random,
      Buffer.from(`${nonce}:end ended 0 1.0 2.0 ended\nlogout\n`),
    ])
    expect(split(stream, size)).toEqual({
      output: Buffer.concat([random, Buffer.from('a1b'), random]),
      said: ['begin', 'tick', 'end ended 0 1.0 2.0 ended'],
      preamble: 'motd\na1b',
    })
  })

  test('holds nothing back but what may be the beginning of a mark', () => {
    const splitter = createSplitter(nonce)
    splitter.push(Buffer.from(`${nonce}:begin\n`))
    expect(splitter.push(Buffer.from('hello a1'))).toEqual([{ kind: 'bytes', bytes: Buffer.from('hello ') }])
    expect(splitter.push(Buffer.from('no'))).toEqual([{ kind: 'bytes', bytes: Buffer.from('a1no') }])
  })
})
