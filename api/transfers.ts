import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path/posix'
import { Readable } from 'node:stream'
import { z } from '@hono/zod-openapi'
import type { Server } from '../schema/server.ts'
import {
  type DirectoryUploadSettings,
  TransferRequest,
  type TransferSettings,
  type UploadSettings,
} from '../schema/transfer.ts'
import { type Api, actorOf, type Deps, type Request } from './context.ts'
import { listOfServer } from './operations-of-server.ts'
import { Started } from './operation-view.ts'
import { operationOf, ServerParam, StartHeaders, serverOf } from './parameters.ts'
import { absorb, outside } from './present.ts'
import { conflict, notFound } from './problem.ts'
import { json, route } from './route.ts'
import { downloadAt, type Kept, keptUpload, sweepSpool, takeIn } from './spool.ts'
import { startOperation } from './start-operation.ts'
import { startPreview } from './start-preview.ts'
import { answerStart } from './started.ts'

const start = route({
  method: 'post',
  path: '/v1/servers/{server}/transfers',
  role: 'operator',
  audit: { action: 'transfer' },
  tags: ['transfers'],
  summary: 'Bring a file or a directory to a server, or from it: whole and the same, or not at all',
  request: {
    params: ServerParam,
    headers: StartHeaders,
    body: json(outside(TransferRequest, 'TransferRequest'), 'Which file, and where its bytes come from'),
  },
  responses: {
    200: json(Started, 'Ended within the time that was preferred'),
    202: json(Started, 'Started'),
  },
  problems: { 409: 'The Idempotency-Key was used for another request' },
})

const content = route({
  method: 'get',
  path: '/v1/servers/{server}/transfers/{id}/content',
  role: 'operator',
  tags: ['transfers'],
  summary: 'Download the file that a transfer has fetched from a server',
  request: { params: ServerParam.extend({ id: z.uuid().openapi({ description: "A transfer's operation" }) }) },
  responses: {
    200: {
      description: 'The bytes; the header Repr-Digest has their SHA-256',
      content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
    },
  },
  problems: { 409: 'It has fetched no file, or not yet' },
})

/** Files to servers and from them. */
export function transfers(app: Api, deps: Deps): void {
  app.openapi(start, async (c) => {
    const server = await serverOf(deps, c.req.valid('param').server)
    const request = absorb(TransferRequest, c.req.valid('json'))
    Object.assign(c.get('audit'), {
      serverId: server.id,
      parameters: { direction: request.direction, path: request.path, as_root: request.asRoot },
    })
    await sweepSpool(deps)
    const asked = JSON.stringify(request)
    if (request.direction === 'download')
      return answerStart(deps, c, await startTransfer(deps, c, { server, asked, settings: request }))
    if (request.direction === 'download_directory') {
      const { have, ...rest } = request
      const settings = have === undefined ? rest : { ...rest, have: await uploadedBy(deps, c, have.id) }
      return answerStart(deps, c, await startTransfer(deps, c, { server, asked, settings }))
    }
    const { dryRun } = request
    const settings = await settingsOf(deps, c, request)
    const begun = dryRun
      ? startPreview(deps, c, {
          server,
          asked,
          title: `Plan to send ${settings.path} to ${server.name}`,
          of: { kind: 'transfer', settings },
        })
      : startTransfer(deps, c, { server, asked, settings })
    return answerStart(deps, c, await begun)
  })

  listOfServer(app, deps, {
    path: '/v1/servers/{server}/transfers',
    tag: 'transfers',
    summary: 'List the transfers of a server, newest first',
    kind: 'transfer',
  })

  app.openapi(content, async (c) => {
    const { server: name, id } = c.req.valid('param')
    const [server, operation] = await Promise.all([serverOf(deps, name), operationOf(deps, id)])
    if (operation.kind !== 'transfer' || operation.server?.id !== server.id)
      throw notFound(`${server.name} has no transfer ${id}.`)
    const fetched = operation.result?.transfer
    const path = downloadAt(deps, id)
    const found = await stat(path).catch(() => null)
    if (fetched === undefined || found === null)
      throw conflict(
        `Transfer ${id} has no file here (${operation.state}).`,
        'Fetch it again; files are kept for a while.',
      )
    const bytes = createReadStream(path, { highWaterMark: 262_144 })
    const name8 = encodeURIComponent(basename(fetched.path)).replaceAll("'", '%27')
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same stream by the names of two libraries
    return c.body(Readable.toWeb(bytes) as ReadableStream, 200, {
      'content-type': 'application/octet-stream',
      'content-length': String(found.size),
      'content-disposition': `attachment; filename*=UTF-8''${name8}`,
      'repr-digest': `sha-256=:${Buffer.from(fetched.sha256, 'hex').toString('base64')}:`,
    })
  })
}

type ToServer = Extract<TransferRequest, { direction: 'upload' | 'upload_directory' }>

async function settingsOf(
  deps: Deps,
  c: Request,
  request: ToServer,
): Promise<UploadSettings | DirectoryUploadSettings> {
  if (request.direction === 'upload') {
    const { dryRun: _, source, ...rest } = request
    return { ...rest, source: await sourceOf(deps, c, source) }
  }
  const { dryRun: _, source, ...rest } = request
  return { ...rest, source: await uploadedBy(deps, c, source.id) }
}

type Source = Extract<TransferRequest, { direction: 'upload' }>['source']

/** Where the bytes come from, as a workflow may be told it: what was in the request itself is taken in first. */
async function sourceOf(deps: Deps, c: Request, source: Source): Promise<UploadSettings['source']> {
  switch (source.kind) {
    case 'https':
      return source
    case 'content':
      return uploadOf(await takeIn(deps, Readable.from([Buffer.from(source.content)]), actorOf(c).name))
    case 'upload':
      return uploadedBy(deps, c, source.id)
    default:
      return source satisfies never
  }
}

async function uploadedBy(deps: Deps, c: Request, id: string) {
  const kept = await keptUpload(deps, id)
  if (kept === null || kept.by !== actorOf(c).name)
    throw notFound(`There is no upload ${id} of yours.`, 'POST the bytes to /v1/uploads first.')
  return uploadOf(kept)
}

const uploadOf = ({ id, bytes, sha256 }: Kept) => ({ kind: 'upload', id, bytes, sha256 }) as const

type Wanted<T> = { readonly server: Server; readonly asked: string; readonly settings: T }

const startTransfer = (deps: Deps, c: Request, { server, asked, settings }: Wanted<TransferSettings>) =>
  startOperation(deps, c, {
    kind: 'transfer',
    server,
    title:
      settings.direction === 'download' || settings.direction === 'download_directory'
        ? `Fetch ${settings.path} from ${server.name}`
        : `Send ${settings.path} to ${server.name}`,
    work: { server: { id: server.id, name: server.name }, settings },
    input: { settings },
    asked,
  })
