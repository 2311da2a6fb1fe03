import { expect, test } from 'vitest'
import { createPieces, type Piece } from '../../../ssh/pieces.ts'

test('bytes are confirmed as far as nothing is missing, in whatever order they are done', () => {
  const pieces = createPieces({ from: 10, total: 35, pieceBytes: 10 })
  const taken: Piece[] = []
  for (let piece = pieces.next(); piece !== null; piece = pieces.next()) taken.push(piece)
  expect(taken).toEqual([
    { at: 10, length: 10 },
    { at: 20, length: 10 },
    { at: 30, length: 5 },
  ])
  const confirmed = taken.toReversed().map((piece) => {
    pieces.done(piece)
    return pieces.confirmed()
  })
  expect(confirmed).toEqual([10, 10, 35])
  expect(pieces.isWhole()).toBe(true)
})

test('nothing is whole from the beginning', () => {
  expect(createPieces({ from: 0, total: 0, pieceBytes: 10 }).isWhole()).toBe(true)
})
