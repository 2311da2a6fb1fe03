/** One file or folder of a tar archive. */
export type TarEntry = {
  readonly path: string
  readonly kind: 'file' | 'directory'
  readonly bytes: number
  readonly mode: string
  /** Seconds since 1970. */
  readonly modifiedAt: number
}

/** What an entry is that is neither a file nor a folder, or what is wrong with an archive. */
export class TarError extends Error {}

export const tarBlock = 512
/** Two empty blocks end an archive. */
export const tarEnd: Uint8Array = Buffer.alloc(2 * tarBlock)

/** How many bytes of content and filling an entry has. */
export const padded = (bytes: number): number => Math.ceil(bytes / tarBlock) * tarBlock

/** What fills the last block of a content. */
export const filling = (bytes: number): Uint8Array => Buffer.alloc(padded(bytes) - bytes)

/** The same bytes in larger pieces: archives of small files are made of many small ones. */
export async function* gathered(chunks: AsyncIterable<Uint8Array>, pieceBytes = 262_144): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    waiting.push(chunk)
    bytes += chunk.length
    if (bytes < pieceBytes) continue
    yield Buffer.concat(waiting)
    waiting = []
    bytes = 0
  }
  if (bytes > 0) yield Buffer.concat(waiting)
}

/** The blocks before an entry's content, as GNU tar writes them; a long name comes in an entry of its own. */
export function tarHeader(entry: TarEntry): Buffer {
  const name = Buffer.from(entry.kind === 'directory' ? `${entry.path}/` : entry.path)
  const long = Buffer.concat([name, Buffer.alloc(1)])
  const own = headerBlock({ ...entry, name: name.subarray(0, 100), type: entry.kind === 'directory' ? '5' : '0' })
  if (name.length <= 100) return own
  const before = headerBlock({
    name: Buffer.from('././@LongLink'),
    type: 'L',
    bytes: long.length,
    mode: '0',
    modifiedAt: 0,
  })
  return Buffer.concat([before, long, filling(long.length), own])
}

type Block = { name: Buffer; type: string; bytes: number; mode: string; modifiedAt: number }

function headerBlock({ name, type, bytes, mode, modifiedAt }: Block): Buffer {
  const block = Buffer.alloc(tarBlock)
  name.copy(block, 0)
  block.write(octal(Number.parseInt(mode, 8), 7), 100)
  block.write(octal(0, 7), 108)
  block.write(octal(0, 7), 116)
  block.write(octal(bytes, 11), 124)
  block.write(octal(Math.max(0, modifiedAt), 11), 136)
  block.write('        ', 148)
  block.write(type, 156)
  block.write('ustar  \0', 257, 'latin1')
  block.write(`${octal(sumOf(block), 6)}\0 `, 148, 'latin1')
  return block
}

function octal(value: number, digits: number): string {
  const text = Math.floor(value).toString(8)
  if (text.length > digits) throw new TarError(`${value} does not fit into a tar archive`)
  return text.padStart(digits, '0')
}

/** A plain loop: with a function for each byte it took most of the time that an archive of small files takes. */
function sumOf(block: Uint8Array): number {
  let sum = 0
  for (let at = 0; at < tarBlock; at += 1) sum += at >= 148 && at < 156 ? 32 : (block[at] ?? 0)
  return sum
}

/** Reads bytes of an archive: fewer than asked for only at its end. */
type ReadAt = (offset: number, bytes: number) => Promise<Buffer>

/** The files and folders of an archive, by their paths in it, with where the content of each begins. Links and devices are none of them. */
export async function* readTar(readAt: ReadAt): AsyncGenerator<TarEntry & { readonly offset: number }> {
  let offset = 0
  let told: { path?: string; bytes?: number } = {}
  for (;;) {
    const block = await readAt(offset, tarBlock)
    if (block.length < tarBlock) throw new TarError('the archive ends in the middle')
    if (block[0] === 0 && block.every((byte) => byte === 0)) return
    if (numberAt(block, 148, 8) !== sumOf(block)) throw new TarError('it is no tar archive, or a damaged one')
    const type = String.fromCharCode(block[156] ?? 0)
    const bytes = told.bytes ?? numberAt(block, 124, 12)
    const content = offset + tarBlock
    offset = content + padded(bytes)
    if (type === 'L' || type === 'x') {
      if (bytes > 1_048_576) throw new TarError('a name in it is too long')
      const text = (await readAt(content, bytes)).toString()
      told = type === 'L' ? { path: text.replace(/\0.*$/s, '') } : { ...told, ...paxOf(text) }
      continue
    }
    if (type === 'g') continue
    const path = (told.path ?? nameOf(block)).replace(/^(\.\/)+/, '').replace(/\/+$/, '')
    told = {}
    const kind = kindOf(type)
    if (kind === null) throw new TarError(`it holds a link, device or pipe: ${path}`)
    const mode = (numberAt(block, 100, 8) & 0o777).toString(8).padStart(3, '0')
    yield {
      path,
      kind,
      bytes: kind === 'file' ? bytes : 0,
      mode,
      modifiedAt: numberAt(block, 136, 12),
      offset: content,
    }
  }
}

const kindOf = (type: string): TarEntry['kind'] | null => {
  if (type === '0' || type === '\0') return 'file'
  return type === '5' ? 'directory' : null
}

function nameOf(block: Buffer): string {
  const name = textAt(block, 0, 100)
  const prefix = textAt(block, 257, 6) === 'ustar' && block[262] === 0 ? textAt(block, 345, 155) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

const textAt = (block: Buffer, from: number, bytes: number): string =>
  block
    .subarray(from, from + bytes)
    .toString()
    .replace(/\0.*$/s, '')

function numberAt(block: Buffer, from: number, bytes: number): number {
  // The first bit says that a large number follows as plain bytes.
  if (((block[from] ?? 0) & 0x80) !== 0) {
    const value = block.subarray(from + 1, from + bytes).reduce((sum, byte) => sum * 256 + byte, 0)
    if (!Number.isSafeInteger(value)) throw new TarError('a number in it is too large')
    return value
  }
  const text = textAt(block, from, bytes).trim()
  if (!/^[0-7]*$/.test(text)) throw new TarError('a number in it cannot be read')
  return text === '' ? 0 : Number.parseInt(text, 8)
}

function paxOf(text: string): { path?: string; bytes?: number } {
  const found: { path?: string; bytes?: number } = {}
  for (const [, name, value = ''] of text.matchAll(/^\d+ ([A-Za-z.]+)=(.*)$/gm)) {
    if (name === 'path') found.path = value
    if (name === 'size') found.bytes = Number(value)
  }
  return found
}
