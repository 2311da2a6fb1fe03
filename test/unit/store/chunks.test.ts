import { expect, test } from 'vitest'
import { mergeChunks } from '../../../store/chunks.ts'

type Row = readonly ['stdout' | 'stderr', number, string]
const merge = (...rows: Row[]): Row[] =>
  mergeChunks(rows.map(([stream, offset, text]) => ({ stream, offset, bytes: Buffer.from(text) }))).map(
    ({ stream, offset, bytes }) => [stream, offset, Buffer.from(bytes).toString()],
  )

const table: [string, Row[], Row[]][] = [
  ['nothing', [], []],
  [
    'neighbours become one',
    [
      ['stdout', 0, 'ab'],
      ['stdout', 2, 'c'],
      ['stdout', 3, 'd'],
    ],
    [['stdout', 0, 'abcd']],
  ],
  [
    'order is that of the offsets',
    [
      ['stdout', 2, 'c'],
      ['stdout', 0, 'ab'],
    ],
    [['stdout', 0, 'abc']],
  ],
  [
    'streams stay apart',
    [
      ['stdout', 0, 'a'],
      ['stderr', 1, 'b'],
    ],
    [
      ['stdout', 0, 'a'],
      ['stderr', 1, 'b'],
    ],
  ],
  [
    'gaps stay',
    [
      ['stdout', 0, 'a'],
      ['stdout', 5, 'b'],
    ],
    [
      ['stdout', 0, 'a'],
      ['stdout', 5, 'b'],
    ],
  ],
  [
    'overlaps stay',
    [
      ['stdout', 0, 'abc'],
      ['stdout', 1, 'bcd'],
    ],
    [
      ['stdout', 0, 'abc'],
      ['stdout', 1, 'bcd'],
    ],
  ],
  [
    'empty ones go',
    [
      ['stdout', 0, ''],
      ['stdout', 0, 'a'],
      ['stdout', 1, ''],
    ],
    [['stdout', 0, 'a']],
  ],
]

test.each(table)('%s', (_title, given, expected) => {
  expect(merge(...given)).toEqual(expected)
})
