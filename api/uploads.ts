import { Readable } from 'node:stream'
import { z } from '@hono/zod-openapi'
import { StoredFile } from '../schema/transfer.ts'
import { type Api, actorOf, type Deps, type Request } from './context.ts'
import { present, outside } from './present.ts'
import { Refusal } from './problem.ts'
import { json, route } from './route.ts'
import { sweepSpool, takeIn, tooLarge } from './spool.ts'

const Taken = StoredFile.extend({ keptUntil: z.iso.datetime() })

const bytes = z.string().openapi({ format: 'binary' })

const add = route({
  method: 'post',
  path: '/v1/uploads',
  role: 'operator',
  audit: { action: 'upload' },
  takes: 'bytes',
  tags: ['transfers'],
  summary: 'Take in a file as it comes, for a transfer to a server; it is removed once it was sent',
  request: {
    body: { description: 'The bytes of the file', content: { 'application/octet-stream': { schema: bytes } } },
  },
  responses: { 201: json(outside(Taken, 'Upload'), 'Taken in') },
})

/** Files on their way to servers. */
export function uploads(app: Api, deps: Deps): void {
  app.openapi(add, async (c) => {
    if (!/^application\/octet-stream\s*(;|$)/i.test(c.req.header('content-type') ?? '')) throw notBytes()
    const { maxBytes } = deps.settings.transfers
    if (Number(c.req.header('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
    await sweepSpool(deps)
    const kept = await takeIn(deps, bodyOf(c), actorOf(c).name)
    const { by: _, ...taken } = kept
    c.get('audit').parameters = taken
    const keptUntil = new Date(Date.now() + deps.settings.transfers.keepMs).toISOString()
    return c.json(present(Taken, { ...taken, keptUntil }), 201)
  })
}

function bodyOf(c: Request): AsyncIterable<Uint8Array> {
  const { body } = c.req.raw
  return body === null ? Readable.from([]) : Readable.fromWeb(body)
}

const notBytes = (): Refusal =>
  new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'The body must be the bytes of a file.', {
    suggestion: 'Send the header "Content-Type: application/octet-stream".',
  })
