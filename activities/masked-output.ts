import type { OutputChunk } from '../schema/run.ts'

/** What may be stored of a command's output, while it comes and when it has ended. */
export type OutputMask = {
  readonly pass: (chunks: readonly OutputChunk[]) => OutputChunk[]
  readonly rest: () => OutputChunk[]
}

type Stream = OutputChunk['stream']
/** Bytes that may be the beginning of a value, from `offset` on; `hidden` marks those that belong to a whole one. */
type Held = { readonly offset: number; readonly bytes: Buffer; readonly hidden: Uint8Array }

/** Shorter ones would blot out ordinary words. */
const shortest = 6
const asterisk = 0x2a

/**
 * Overwrites the values of secrets with as many asterisks, so that offsets stay those of the host. The beginning of a
 * value at the end of a piece is held back until the next one tells; what is held back is not committed, and a retry
 * reads it from the host again.
 */
export function createOutputMask(secrets: readonly string[]): OutputMask {
  const values = [
    ...new Set(secrets.flatMap((secret) => [secret, ...secret.split(/\r?\n/)]).map((part) => part.trim())),
  ]
    .filter((part) => part.length >= shortest)
    .map((part) => Buffer.from(part))
  const held: Partial<Record<Stream, Held>> = {}

  return {
    pass: (chunks) =>
      values.length === 0
        ? [...chunks]
        : chunks.flatMap((chunk) => {
            const before = held[chunk.stream]
            const found = hide(values, before, chunk)
            const keep = beginningAtEnd(found.bytes, values)
            const cut = found.bytes.length - keep
            held[chunk.stream] = {
              offset: found.offset + cut,
              bytes: found.bytes.subarray(cut),
              hidden: found.hidden.subarray(cut),
            }
            return cut === 0 ? [] : [shown(chunk.stream, found, cut)]
          }),
    rest: () =>
      (['stdout', 'stderr'] as const).flatMap((stream) => {
        const last = held[stream]
        delete held[stream]
        return last === undefined || last.bytes.length === 0 ? [] : [shown(stream, last, last.bytes.length)]
      }),
  }
}

function hide(values: readonly Buffer[], before: Held | undefined, chunk: OutputChunk): Held {
  const bytes = Buffer.concat([before?.bytes ?? Buffer.alloc(0), chunk.bytes])
  const hidden = new Uint8Array(bytes.length)
  hidden.set(before?.hidden ?? [])
  for (const value of values)
    for (let at = bytes.indexOf(value); at >= 0; at = bytes.indexOf(value, at + 1))
      hidden.fill(1, at, at + value.length)
  return { offset: before?.offset ?? chunk.offset, bytes, hidden }
}

function shown(stream: Stream, { offset, bytes, hidden }: Held, length: number): OutputChunk {
  const clear = Uint8Array.from(bytes.subarray(0, length), (byte, at) => (hidden[at] === 1 ? asterisk : byte))
  return { stream, offset, bytes: clear }
}

/** How many of the last bytes may be the beginning of a value. */
function beginningAtEnd(bytes: Buffer, values: readonly Buffer[]): number {
  let longest = 0
  for (const value of values)
    for (let length = Math.min(value.length - 1, bytes.length); length > longest; length -= 1)
      if (bytes.subarray(bytes.length - length).equals(value.subarray(0, length))) longest = length
  return longest
}
