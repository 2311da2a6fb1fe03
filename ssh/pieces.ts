export type Piece = { readonly at: number; readonly length: number }

/** The bytes of a transfer in pieces: handed out in order, done in any; `confirmed` is how far nothing is missing. */
export type Pieces = {
  next(): Piece | null
  done(piece: Piece): void
  readonly confirmed: () => number
  readonly isWhole: () => boolean
}

export function createPieces(o: { from: number; total: number; pieceBytes: number }): Pieces {
  let next = o.from
  let confirmed = o.from
  const ahead = new Map<number, number>()
  return {
    next() {
      if (next >= o.total) return null
      const piece = { at: next, length: Math.min(o.pieceBytes, o.total - next) }
      next += piece.length
      return piece
    },
    done({ at, length }) {
      ahead.set(at, at + length)
      for (let end = ahead.get(confirmed); end !== undefined; end = ahead.get(confirmed)) {
        ahead.delete(confirmed)
        confirmed = end
      }
    },
    confirmed: () => confirmed,
    isWhole: () => confirmed >= o.total,
  }
}
