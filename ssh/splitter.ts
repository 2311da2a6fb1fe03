/** A piece of a stream: bytes of output, or a line of ours between them. */
export type Piece =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'said'; readonly line: string }

/**
 * Cuts one stream of a channel at our marks, which start with a nonce that nobody on the host can know beforehand. What
 * start-up files print before the first mark and after the last is kept out of the output. Bytes are never altered.
 */
export function createSplitter(nonce: string): { push(chunk: Buffer): Piece[]; rest(): Buffer; preamble(): string } {
  const mark = Buffer.from(`${nonce}:`)
  let state: 'before' | 'inside' | 'after' | 'gone' = 'before'
  let held: Buffer = Buffer.alloc(0)
  let preamble = ''

  function push(chunk: Buffer): Piece[] {
    const pieces: Piece[] = []
    let data = held.length > 0 ? Buffer.concat([held, chunk]) : chunk
    held = Buffer.alloc(0)
    while (data.length > 0 && state !== 'gone') {
      const at = data.indexOf(mark)
      if (at < 0) {
        const keep = overlap(data, mark)
        take(data.subarray(0, data.length - keep), pieces)
        held = data.subarray(data.length - keep)
        break
      }
      take(data.subarray(0, at), pieces)
      const newline = data.indexOf(10, at)
      if (newline < 0) {
        held = data.subarray(at)
        break
      }
      const line = data.toString('utf8', at + mark.length, newline)
      data = data.subarray(newline + 1)
      if (line === 'begin') state = 'inside'
      else if (line.startsWith('end')) state = 'after'
      else if (line.startsWith('gone')) state = 'gone'
      pieces.push({ kind: 'said', line })
    }
    return pieces
  }

  function take(bytes: Buffer, pieces: Piece[]): void {
    if (bytes.length === 0) return
    if (state === 'inside') pieces.push({ kind: 'bytes', bytes })
    else if (state === 'before' && preamble.length < 8192) preamble += bytes.toString('utf8', 0, 8192)
  }

  return { push, rest: () => held, preamble: () => preamble }
}

/** How many of the last bytes might be the beginning of the mark. */
function overlap(data: Buffer, mark: Buffer): number {
  for (let length = Math.min(mark.length - 1, data.length); length > 0; length--) {
    if (data.subarray(data.length - length).equals(mark.subarray(0, length))) return length
  }
  return 0
}
