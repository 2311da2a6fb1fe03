import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { Cli } from './cli.ts'
import { Failure, usage } from './failure.ts'
import { spinning } from './spinning.ts'

const Upload = z.looseObject({ id: z.string(), bytes: z.number(), sha256: z.string() })

/** Hands a local file to the API, and answers the upload's id. */
export async function sendToApi(cli: Cli, path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw usage(
      `There is no file ${path} that can be read (${cause instanceof Error ? cause.message : String(cause)}).`,
    )
  })
  if (!found.isFile()) throw usage(`${path} is no regular file.`)
  const bytes = createReadStream(path, { highWaterMark: 1_048_576 })
  return handOver(cli, { what: path, bytes, length: found.size })
}

/** Hands bytes to the API as they come, and answers the upload's id once both sides have the same. */
export const handOver = (
  cli: Cli,
  { what, bytes, length }: { readonly what: string; readonly bytes: Readable; readonly length: number },
): Promise<string> =>
  spinning(cli, `Handing ${what} to the API`, async () => {
    const hash = createHash('sha256')
    bytes.on('data', (chunk) => hash.update(chunk))
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same stream by the names of two libraries
    const web = Readable.toWeb(bytes) as ReadableStream<Uint8Array>
    const upload = Upload.parse(await cli.api().upload('/v1/uploads', web, length))
    if (upload.sha256 !== hash.digest('hex')) throw notTheSame(what)
    return upload.id
  })

/** Keeps a file that the API hands out: beside its place first, and there only when it is whole. */
export async function keepFile(cli: Cli, from: string, path: string): Promise<{ bytes: number; sha256: string }> {
  const response = await cli.api().open(from, { headers: { accept: 'application/octet-stream' } })
  const digest = /sha-256=:([A-Za-z0-9+/=]+):/.exec(response.headers.get('repr-digest') ?? '')?.[1] ?? ''
  const part = `${path}.drydock-part`
  const hash = createHash('sha256')
  let bytes = 0
  async function* counted(chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      hash.update(chunk)
      bytes += chunk.length
      yield chunk
    }
  }
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same stream by the names of two libraries
    const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0])
    await pipeline(body, counted, createWriteStream(part, { mode: 0o600 }))
    const sha256 = hash.digest('hex')
    if (Buffer.from(digest, 'base64').toString('hex') !== sha256) throw notTheSame(path)
    await rename(part, path)
    return { bytes, sha256 }
  } finally {
    await rm(part, { force: true })
  }
}

const notTheSame = (path: string): Failure =>
  new Failure({
    message: `${path} is not the same on both sides of the API: its SHA-256 differs.`,
    code: 'CORRUPT',
    suggestions: ['Look whether it changes meanwhile, and try again.'],
    retryable: true,
  })
