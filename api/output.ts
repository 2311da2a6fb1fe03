import { z } from '@hono/zod-openapi'
import { stream } from 'hono/streaming'
import type { Api, Deps } from './context.ts'
import { streamOutput } from './output-stream.ts'
import { OperationParam, operationOf } from './parameters.ts'
import { route } from './route.ts'

const download = route({
  method: 'get',
  path: '/v1/operations/{id}/output',
  role: 'viewer',
  tags: ['operations'],
  summary:
    'Download what the commands of an operation wrote: every stored byte, as it was written but for values of secrets, which are asterisks. Who accepts text/event-stream gets it while it is written, to the end of the operation',
  request: {
    params: OperationParam,
    headers: z.object({
      'last-event-id': z
        .string()
        .regex(/^\d{1,15}$/, 'the number of an event')
        .optional()
        .openapi({ description: 'Resume a stream after this event' }),
    }),
    query: z.object({
      stream: z
        .enum(['stdout', 'stderr'])
        .optional()
        .openapi({ description: 'One stream only; else both in the order of arrival' }),
    }),
  },
  responses: {
    200: {
      description:
        'The bytes; or server-sent events: `id` to resume from, `event` the stream or `end`, `data` offset and text in JSON',
      content: {
        'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) },
        'text/event-stream': { schema: z.string() },
      },
    },
  },
})

/** What commands wrote. */
export function output(app: Api, deps: Deps): void {
  app.openapi(download, async (c) => {
    const { id } = await operationOf(deps, c.req.valid('param').id)
    const only = c.req.valid('query').stream
    if (c.req.header('accept')?.includes('text/event-stream')) {
      const from = Number(c.req.valid('header')['last-event-id'] ?? 0)
      return streamOutput(deps, c, { id, from, only })
    }
    c.header('content-type', 'application/octet-stream')
    c.header('content-disposition', `attachment; filename="${id}${only ? `.${only}` : ''}.txt"`)
    return stream(c, async (body) => {
      for await (const chunk of deps.store.outputs.ofOperation(id)) {
        if (body.aborted) return
        if (!only || chunk.stream === only) await body.write(chunk.bytes)
      }
    })
  })
}
